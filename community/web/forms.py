"""Forms of the free road: what may be typed. Who may send it, and when, the actions ask."""

from typing import Any

from django import forms

from community.models.application import LONGEST_TEXT, MOST_PEOPLE
from community.models.decision import Outcome
from community.reasons import offered
from community.states import UNDECIDED, State
from orgs.names import NAME_RULE, is_well_formed


def _words(
    label: str, *, help_text: str = "", required: bool = True, rows: int = 4
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _link(label: str, *, help_text: str = "", required: bool = True) -> forms.URLField:
    return forms.URLField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=200,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"autocomplete": "url"}),
    )


class KindForm(forms.Form):
    """The first question: companies take another road."""

    COMMUNITY, COMPANY = "community", "company"

    kind = forms.ChoiceField(
        label="Who stands behind it?",
        choices=[
            (COMMUNITY, "A community: an open project, a club, a school, a non-profit"),
            (COMPANY, "A company, or people who are paid for it"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the two."},
    )


class ApplicationForm(forms.Form):
    """What a reviewer needs to know. As a draft, nothing of it is required yet."""

    display_name = forms.CharField(
        label="What is your community called?",
        max_length=120,
        help_text="As people read it, such as “The Orchard Project”.",
    )
    name = forms.CharField(
        label="Name in addresses",
        max_length=50,
        help_text=f"Part of every address, and yours for ever once approved. {NAME_RULE}",
        widget=forms.TextInput(attrs={"autocapitalize": "off", "spellcheck": "false"}),
    )
    url = _link("Your site", help_text="Where anybody can read what you do.")
    description = forms.CharField(
        label="What do you do?",
        max_length=500,
        help_text="A sentence or two. They will stand on the organization's page.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    intended_use = _words(
        "What will you use the organization for?",
        help_text="Which projects it will hold, and why one person's account is not enough.",
    )
    people = forms.IntegerField(
        label="How many people are in it, roughly?", min_value=1, max_value=MOST_PEOPLE
    )
    repository_url = _link(
        "Where is the work?",
        help_text="A repository, if there is one. It helps the reviewer more than words.",
        required=False,
    )
    license_url = _link(
        "Where is its license?",
        help_text="The page or file that says on which terms others may use it.",
        required=False,
    )
    maintainers = _words(
        "Who else looks after it?",
        help_text="Names, and where one can see that they do. You can invite them later.",
        required=False,
        rows=3,
    )

    def __init__(self, *args: Any, draft: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if draft:
            for field in self.fields.values():
                field.required = False

    def clean_name(self) -> str:
        """Keep the rule for names, in drafts too."""
        name: str = self.cleaned_data["name"]
        if name and not is_well_formed(name):
            raise forms.ValidationError(NAME_RULE)
        return name


class AnswerForm(forms.Form):
    """What the applicant says to one question."""

    text = _words("Your answer")


class AppealForm(forms.Form):
    """Why another reviewer should look, and under which name."""

    words = _words(
        "What should another reviewer look at?",
        help_text="What was overlooked, or what has changed. They read everything anew.",
    )
    name = forms.CharField(
        label="Name in addresses",
        max_length=50,
        help_text="Choose another one if yours is gone.",
        widget=forms.TextInput(attrs={"autocapitalize": "off", "spellcheck": "false"}),
    )


class AskForm(forms.Form):
    """What the reviewer wants to know."""

    text = _words("Your question", help_text="The applicant gets it by mail.", rows=3)


class DeferForm(forms.Form):
    """Why it is set aside."""

    words = _words("Why, for the applicant", rows=3)


class NoteForm(forms.Form):
    """Words among reviewers."""

    text = _words("Note for other reviewers", help_text="The applicant never sees it.", rows=2)


class ApproveForm(forms.Form):
    """Why it is approved."""

    reason = forms.ChoiceField(
        label="Reason",
        widget=forms.RadioSelect,
        choices=[(each.code, each.label) for each in offered(Outcome.APPROVED)],
    )
    words = _words("A word to the applicant", required=False, rows=3)


class DeclineForm(forms.Form):
    """Why it is declined; the applicant reads these words."""

    reason = forms.ChoiceField(
        label="Reason",
        widget=forms.RadioSelect,
        choices=[(each.code, each.label) for each in offered(Outcome.DECLINED)],
    )
    words = _words(
        "In your own words, for the applicant", help_text="What you looked at, and what is missing."
    )


_LEFT_OUT = (State.DRAFT, State.SUBMITTED)
"""Drafts are nobody's business; what waits is what the queue shows by itself."""


class QueueFilter(forms.Form):
    """Which applications the queue shows."""

    UNDECIDED = "undecided"

    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[
            ("", "Waiting for a reviewer"),
            (UNDECIDED, "All without a decision"),
            *((state.value, state.label) for state in State if state not in _LEFT_OUT),
        ],
    )
    reviewer = forms.ChoiceField(label="Reviewer", required=False)

    def __init__(self, *args: Any, reviewers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reviewer"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "Anybody"), *reviewers]

    def states(self) -> list[str]:
        """Return the chosen states; what cannot be read means those that wait."""
        chosen = self.cleaned_data.get("state", "") if self.is_valid() else ""
        if chosen == self.UNDECIDED:
            return sorted(UNDECIDED)
        return [chosen] if chosen else [State.SUBMITTED, State.APPEALED]
