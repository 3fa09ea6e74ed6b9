"""Forms about tokens and the profile."""

from django import forms

from accounts.actions.tokens import DAYS, LONGEST_NAME, MOST_DAYS
from accounts.scopes import Scope


class TokenForm(forms.Form):
    """What a token is for, what it may, and how long it lasts."""

    name = forms.CharField(
        label="Name",
        max_length=LONGEST_NAME,
        help_text="Say where it is used, so that you know later what breaks without it.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(
        label="Expires",
        coerce=int,
        initial=DAYS,
        choices=[
            (7, "In 7 days"),
            (30, "In 30 days"),
            (DAYS, "In 90 days"),
            (MOST_DAYS, "In a year"),
        ],
    )
    scopes = forms.MultipleChoiceField(
        label="Scopes",
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="It may do these, as far as you yourself may at that moment.",
    )


class ProfileForm(forms.Form):
    """The name that others see."""

    name = forms.CharField(
        label="Your name",
        max_length=120,
        required=False,
        help_text="Shown to the people you work with. Without one they see your address.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
