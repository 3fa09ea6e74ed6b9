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
        help_text="A sentence or two, seen by its members.",
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


class ResetForm(forms.Form):
    """Why a second factor is to be reset."""

    reason = forms.CharField(
        label="How do you know that it is this person?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept in the log. What they said, what you checked, and where.",
    )
