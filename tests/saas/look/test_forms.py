"""Every field has a name, and what is wrong with it stands beside it and is tied to it."""

import re

import pytest
from django import forms


class Trip(forms.Form):
    """One field of each kind that pages use."""

    title = forms.CharField(
        help_text="Short & clear.", widget=forms.TextInput({"placeholder": "x"})
    )
    email = forms.EmailField(required=False)
    story = forms.CharField(widget=forms.Textarea)
    seats = forms.IntegerField()
    day = forms.DateField(widget=forms.DateInput({"type": "date"}))
    kind = forms.ChoiceField(choices=[("a", "By rail"), ("b", "On foot")])
    pace = forms.ChoiceField(
        choices=[("s", "Slow"), ("f", "Fast")], widget=forms.RadioSelect, help_text="Pick one."
    )
    with_whom = forms.MultipleChoiceField(
        choices=[("x", "Ana"), ("y", "Ben")], widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(label="We agree")
    ticket = forms.FileField()
    secret = forms.CharField(widget=forms.HiddenInput)


def tag(html: str, id_: str) -> str:
    """Return the opening tag that bears an id."""
    found = re.search(rf'<\w+[^>]*\bid="{id_}"[^>]*>', html)
    assert found, id_
    return found.group(0)


@pytest.mark.parametrize(
    ("field", "look"),
    [
        ("title", "form-control"),
        ("email", "form-control"),
        ("story", "form-control"),
        ("seats", "form-control"),
        ("day", "form-control"),
        ("ticket", "form-control"),
        ("kind", "form-select"),
        ("agreed", "form-check-input"),
        ("pace_0", "form-check-input"),
        ("with_whom_1", "form-check-input"),
    ],
)
def test_each_widget_has_the_look_of_its_kind_and_a_label(field: str, look: str) -> None:
    html = str(Trip())

    assert re.search(rf'class="[^"]*\b{look}\b', tag(html, f"id_{field}"))
    assert f'for="id_{field}"' in html


@pytest.mark.parametrize("field", ["title", "story", "seats", "day", "kind", "agreed", "ticket"])
def test_a_wrong_field_says_so_and_names_its_error(field: str) -> None:
    """Without LabelledField's is-invalid, or the ids in forms/errors.html, this is red."""
    html = str(Trip({}))
    opening = tag(html, f"id_{field}")

    assert "is-invalid" in opening
    assert 'aria-invalid="true"' in opening
    described = re.search(r'aria-describedby="([^"]+)"', opening)
    assert described
    for id_ in described.group(1).split():
        assert f'id="{id_}"' in html
    assert f"id_{field}_error" in described.group(1)


def test_a_group_is_named_by_a_legend_and_described_as_a_whole() -> None:
    html = str(Trip({}))

    assert '<fieldset aria-describedby="id_pace_helptext id_pace_error">' in html
    assert re.search(r"<legend[^>]*>Pace", html)
    assert 'id="id_pace_error"' in html


def test_a_hint_is_tied_to_its_field() -> None:
    html = str(Trip())

    assert 'aria-describedby="id_title_helptext"' in tag(html, "id_title")
    assert 'id="id_title_helptext"' in html


def test_required_is_said_in_words_and_only_where_it_holds() -> None:
    required, free = (str(Trip()[name].as_field_group()) for name in ("title", "email"))

    assert "Required" in required
    assert "Required" not in free


def test_placeholders_are_left_out() -> None:
    assert "placeholder" not in str(Trip())


def test_what_is_wrong_is_listed_above_with_links_to_each_field() -> None:
    html = str(Trip({}))

    assert "data-error-summary" in html
    assert html.index("data-error-summary") < html.index('id="id_title"')
    for id_ in ("id_title", "id_pace_0", "id_with_whom_0", "id_agreed"):
        assert f'href="#{id_}"' in html


def test_an_error_of_the_whole_form_is_in_the_summary() -> None:
    form = Trip({})
    form.add_error(None, "The train is gone.")

    assert "The train is gone." in str(form)


def test_a_form_that_was_not_sent_shows_no_summary() -> None:
    assert "data-error-summary" not in str(Trip())


def test_hidden_fields_carry_no_look() -> None:
    assert "class" not in tag(str(Trip()), "id_secret")
