"""Forms about projects: what may be typed. Who may send it is the policy's question."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from orgs.levels import BY_KEY, PURPOSE, Level
from orgs.models import Organization, Project, Team
from orgs.names import NAME_RULE

NO_LEVEL = "none"
MYSELF = "-"
"""Stands for oneself among names of organizations; no organization is called so."""


def level_field(levels: Iterable[Level] = Level) -> forms.TypedChoiceField:
    """Return a choice of levels, each with what it is for."""
    return forms.TypedChoiceField(
        label="Level",
        choices=[(level.key, f"{level.label}: {PURPOSE[level]}") for level in levels],
        coerce=lambda key: BY_KEY[key],
        widget=forms.RadioSelect,
    )


def owner_choices(organizations: Sequence[Organization], *, me: str) -> list[tuple[str, str]]:
    """Return who could own a project: oneself, and organizations."""
    places = [(each.name, f"{each.display_name} ({each.name})") for each in organizations]
    return [(MYSELF, me), *places]


class RegisterForm(forms.Form):
    """A project's name, whose it is, and who sees it."""

    name = forms.CharField(label="Name", max_length=50, help_text=NAME_RULE)
    description = forms.CharField(
        label="Description",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="A sentence or two on what it is.",
    )

    def __init__(self, *args: Any, owners: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = forms.ChoiceField(
            label="Owner", choices=owners, widget=forms.RadioSelect, initial=MYSELF
        )
        self.fields["is_private"] = forms.TypedChoiceField(
            label="Who sees it",
            choices=[
                ("no", "Public: everybody sees it."),
                ("yes", "Private: only people with a level on it. For organizations."),
            ],
            coerce=lambda answer: answer == "yes",
            widget=forms.RadioSelect,
            initial="no",
        )


class DescriptionForm(forms.Form):
    """What a project says of itself."""

    description = forms.CharField(
        label="Description",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MemberLevelForm(forms.Form):
    """A level for a member."""

    user = forms.EmailField(
        label="Member’s e-mail address",
        widget=forms.EmailInput(attrs={"autocomplete": "off", "list": "members"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"] = level_field()


class CollaboratorForm(forms.Form):
    """A level for somebody from outside, who is asked first."""

    email = forms.EmailField(
        label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"] = level_field()


class LevelForm(forms.Form):
    """Another level for somebody who has one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"] = level_field()


class TeamLevelForm(forms.Form):
    """A level for a team."""

    def __init__(self, *args: Any, teams: Sequence[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(team.name, team.name) for team in teams]
        self.fields["team"] = forms.ChoiceField(
            label="Team", choices=[("", "Choose a team"), *names]
        )
        self.fields["level"] = level_field()


class ChosenProjectsForm(forms.Form):
    """A level for a team on several projects."""

    def __init__(self, *args: Any, projects: Sequence[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["projects"] = forms.MultipleChoiceField(
            label="Projects",
            choices=[(project.name, project.name) for project in projects],
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["level"] = level_field()


class BaseLevelForm(forms.Form):
    """What every member who takes a seat has on all projects."""

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = [
            (level.key, f"{level.label}: {PURPOSE[level]}") for level in Level if level <= most
        ]
        self.fields["level"] = forms.TypedChoiceField(
            label="Every member has",
            choices=[
                (NO_LEVEL, "Nothing by itself: levels are given to people and teams."),
                *levels,
            ],
            coerce=BY_KEY.get,
            empty_value=None,
            widget=forms.RadioSelect,
        )


class ConfirmedForm(forms.Form):
    """An act that is confirmed by typing a project's name."""

    confirmation = forms.CharField(
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
        )
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        self.fields["confirmation"].label = f"Type {project.name} to confirm"

    def clean_confirmation(self) -> str:
        """Compare what was typed with the name."""
        typed = str(self.cleaned_data["confirmation"])
        if typed != self.project.name:
            raise forms.ValidationError("Type the name exactly as it is shown.")
        return typed


class OfferForm(ConfirmedForm):
    """To whom a project is offered."""

    receiver = forms.CharField(
        label="To whom",
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off"}),
        help_text="The name of an organization, or the e-mail address of somebody with an account"
        " here.",
    )
    field_order = ("receiver", "confirmation")
