"""Forms about oneself."""

from django import forms
from django.http import HttpRequest

from accounts.models import User


class NameForm(forms.Form):
    """The name others see; asked at sign-up, where allauth mixes it into its own form."""

    name = forms.CharField(
        label="Your name",
        max_length=120,
        required=False,
        help_text="Shown to the people you work with. You can change it later.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    field_order = ["name", "email", "password1", "password2"]

    def signup(self, request: HttpRequest, user: User) -> None:  # noqa: ARG002 -- allauth's signature
        """Keep the name; called by allauth once the person exists."""
        user.name = self.cleaned_data["name"].strip()
        user.save(update_fields=["name"])
