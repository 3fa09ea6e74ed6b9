"""Forms of an organization's pages: what may be typed. Who may send it is the policy's question."""

from collections.abc import Sequence
from typing import Any

from django import forms

from orgs.models import Membership
from orgs.names import NAME_RULE
from orgs.roles import Role
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

    email = forms.EmailField(
        label="E-mail address",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="They get a link that works for seven days. They need no account yet.",
    )

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = forms.ChoiceField(
            label="Role",
            choices=role_choices(roles),
            initial=roles[-1] if roles else None,
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


class TeamMemberForm(forms.Form):
    """Whom to add to a team."""

    def __init__(
        self, *args: Any, candidates: Sequence[Membership], may_appoint: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        people = [
            (str(each.user.public_id), f"{each.user} ({each.user.email})") for each in candidates
        ]
        self.fields["user"] = forms.ChoiceField(
            label="Member", choices=[("", "Choose a member"), *people]
        )
        if may_appoint:
            self.fields["is_maintainer"] = forms.BooleanField(
                label="Maintainer",
                required=False,
                help_text="Maintainers add people to this team and take them out.",
            )
