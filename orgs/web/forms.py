"""Forms of an organization's pages: what may be typed. Who may send it is the policy's question."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from accounts.web.forms import TokenForm
from orgs.actions.invitations import MOST_WORDS
from orgs.actions.ownership import LEAVE
from orgs.bulk import MOST_CHARACTERS, MOST_LINES
from orgs.models import Membership
from orgs.names import NAME_RULE
from orgs.roles import Role
from orgs.service_scopes import ServiceScope
from orgs.web.words import role_choices


class ProfileForm(forms.Form):
    """What an organization says of itself."""

    display_name = forms.CharField(
        label="Display name",
        max_length=120,
        help_text="How people read it, such as “Acme Rockets Ltd.”",
    )
    url = forms.URLField(
        label="Address of your site", required=False, max_length=200, assume_scheme="https"
    )
    description = forms.CharField(
        label="Description",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A sentence or two, seen by its members, and on its profile.",
    )


class VisibilityForm(forms.Form):
    """To whom an organization shows its profile."""

    profile_is_public = forms.BooleanField(
        label="Everybody may see the profile",
        required=False,
        help_text="Its name, site, description and public projects, and those members who choose"
        " to be seen. Otherwise only members know that the organization exists.",
    )


class NameForm(forms.Form):
    """A name to ask about."""

    name = forms.CharField(
        label="Name",
        max_length=50,
        help_text=NAME_RULE,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )


class ServiceTokenForm(TokenForm):
    """What a token of an organization is for, what it may, and how long it lasts."""

    scopes = forms.MultipleChoiceField(
        label="Scopes",
        choices=ServiceScope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="It may do these in the organization, as a manager may, and nothing else.",
    )


class RenameForm(NameForm):
    """Another name, and the present one typed to confirm."""

    confirmation = forms.CharField(
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )

    def __init__(self, *args: Any, present: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "New name"
        self.fields["confirmation"].label = f"Type {present} to confirm"


class ReleaseForm(forms.Form):
    """A name to let go of, and why."""

    name = forms.CharField(max_length=50, widget=forms.HiddenInput)
    because = forms.CharField(
        label="Why it is released",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Stays in the log and in the history of the name.",
    )


class InvitationForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.CharField(
        label="E-mail address, or account ID",
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
        help_text="They get a link that works for seven days. With an address they need no account "
        "yet; an account’s ID stands on its owner’s profile page.",
    )

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = forms.ChoiceField(
            label="Role",
            choices=role_choices(roles),
            initial=roles[-1] if roles else None,
            widget=forms.RadioSelect,
        )


class BulkForm(forms.Form):
    """Whom to invite, a line each, pasted or from a file."""

    text = forms.CharField(
        label="Addresses, one a line",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "autocomplete": "off"}),
        help_text="A role may follow behind a comma: “ada@example.org, manager”. A first line may "
        "name the columns; lines that begin with # are left out.",
    )
    file = forms.FileField(
        label="Or a CSV file",
        required=False,
        help_text=f"Up to {MOST_LINES:,} lines and one megabyte, in UTF-8.",
    )

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = forms.ChoiceField(
            label="Role where a line names none",
            choices=role_choices(roles),
            initial=Role.MEMBER,
            widget=forms.RadioSelect,
        )

    def clean(self) -> dict[str, Any]:
        """Put the file's text in the place of what was pasted; one of the two is needed."""
        cleaned = super().clean() or {}
        found = cleaned.pop("file", None)
        if found is not None and "file" not in self.errors:
            if found.size > MOST_CHARACTERS:
                self.add_error("file", "This file is larger than one megabyte.")
                return cleaned
            try:
                cleaned["text"] = found.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", "This file is no text in UTF-8.")
                return cleaned
        if "\x00" in cleaned.get("text", ""):
            self.add_error("file", "This file is no text in UTF-8.")
        elif not cleaned.get("text", "").strip() and not self.errors:
            self.add_error("text", "Paste at least one address, or choose a file.")
        return cleaned


class DeclineForm(forms.Form):
    """Why somebody does not come, if they like to say."""

    words = forms.CharField(
        label="A word to the inviter, if you like",
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The inviter and the owners see it.",
    )


class SearchForm(forms.Form):
    """Which people to show."""

    q = forms.CharField(label="Name or address begins with", required=False, max_length=100)
    role = forms.ChoiceField(
        label="Role", required=False, choices=[("", "Every role"), *Role.choices]
    )
    second_factor = forms.ChoiceField(
        label="Second factor",
        required=False,
        choices=[("", "With or without"), ("yes", "Has one"), ("no", "Has none")],
    )

    def __init__(self, *args: Any, may_see_factors: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_see_factors:
            del self.fields["second_factor"]


class OwnershipForm(forms.Form):
    """What the former owner becomes."""

    stays = forms.ChoiceField(
        label="And you",
        choices=[
            (Role.MANAGER.value, "become manager"),
            (Role.MEMBER.value, "become member"),
            (LEAVE, "leave the organization"),
        ],
        initial=Role.MANAGER.value,
        widget=forms.RadioSelect,
    )


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(
        label="Role", choices=role_choices(list(Role)), widget=forms.RadioSelect
    )


class TeamForm(forms.Form):
    """A team's name, and what it is for."""

    name = forms.CharField(label="Name", max_length=50, help_text=NAME_RULE)
    description = forms.CharField(label="What it is for", required=False, max_length=300)


class TeamMembersForm(forms.Form):
    """Whom to add to a team: any of those on offer."""

    def __init__(
        self, *args: Any, candidates: Sequence[Membership], may_appoint: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"] = PeopleField(
            label="Members",
            choices=[
                (str(each.user.public_id), f"{each.user} ({each.user.email})")
                for each in candidates
            ],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "Choose at least one member."},
        )
        if may_appoint:
            self.fields["is_maintainer"] = forms.BooleanField(
                label="Maintainer",
                required=False,
                help_text="Maintainers add people to this team and take them out.",
            )


class PeopleField(forms.MultipleChoiceField):
    """Public ids of people. Who is in the organization is the action's question, so that an id
    from an earlier search counts as well.
    """

    def valid_value(self, value: Any) -> bool:
        """Whether this can be an id."""
        try:
            UUID(str(value))
        except ValueError:
            return False
        return True


class ResetForm(forms.Form):
    """Why a second factor is to be reset."""

    reason = forms.CharField(
        label="How do you know that it is this person?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept in the log. What they said, what you checked, and where.",
    )
