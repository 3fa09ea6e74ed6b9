"""The form that adds a passkey."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth publishes no types
    """A passkey signs in by itself, unless one wishes it to be only a second step."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = "So that you know later which device it is."
        self.fields["name"].max_length = 80
        self.fields["passwordless"].label = "It may sign me in by itself"
        self.fields["passwordless"].help_text = (
            "Your device then asks for its PIN, your finger or your face. Without this it is the"
            " second step after your password."
        )
        self.fields["passwordless"].initial = True
