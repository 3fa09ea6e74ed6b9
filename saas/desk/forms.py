"""What staff may type at the desk; whether it holds is the actions' question."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django import forms

from kernel import clock
from orgs.entitlements import Feature, Limit
from subscriptions.actions.contracts import Agreed
from subscriptions.actions.overrides import Setting
from subscriptions.actions.staff import MOST_WORDS
from subscriptions.models.override import OverrideKind


def _until(day: Any) -> datetime:
    """Return the end of a day."""
    return datetime.combine(day, time.max, tzinfo=clock.wall().tzinfo)


class ReasonForm(forms.Form):
    """Why; every act needs it."""

    reason = forms.CharField(
        label="Reason",
        max_length=MOST_WORDS,
        help_text="The owners read it in their log.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    @property
    def why(self) -> str:
        """The reason, as it was typed."""
        return str(self.cleaned_data["reason"])


class UntilForm(ReasonForm):
    """Until which day, and why."""

    until = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))
    field_order: Sequence[str] = ("until", "reason")

    @property
    def ends(self) -> datetime:
        """The end of the last day."""
        return _until(self.cleaned_data["until"])


class OverrideForm(UntilForm):
    """What is set beside what is paid for."""

    setting = forms.ChoiceField(
        label="What",
        choices=[
            ("grace:", "Grace goes on"),
            *((f"feature:{each}", f"Open: {each.replace('_', ' ')}") for each in Feature),
            *((f"limit:{each}", f"Set the number: {each.replace('_', ' ')}") for each in Limit),
        ],
    )
    number = forms.IntegerField(
        label="Number", required=False, help_text="For a number; -1 is no limit."
    )
    field_order = ("setting", "number", "until", "reason")

    @property
    def chosen(self) -> Setting:
        """What was chosen."""
        kind, _, key = self.cleaned_data["setting"].partition(":")
        number = self.cleaned_data["number"]
        return Setting(kind, key, number if kind == OverrideKind.LIMIT else None)


class HoldForm(ReasonForm):
    """Until when it is suspended, if a day is known."""

    until = forms.DateField(
        label="Last day",
        required=False,
        help_text="Empty: until somebody lifts it.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    field_order: Sequence[str] = ("until", "reason")

    @property
    def ends(self) -> datetime | None:
        """The end of the last day, if there is one."""
        day = self.cleaned_data["until"]
        return _until(day) if day is not None else None


class ContractForm(UntilForm):
    """What was agreed."""

    seats = forms.IntegerField(label="Seats", widget=forms.NumberInput(attrs={"min": 1}))
    private_projects = forms.IntegerField(
        label="Private projects", initial=-1, help_text="-1 is no limit."
    )
    field_order = ("seats", "private_projects", "until", "reason")

    @property
    def agreed(self) -> Agreed:
        """What the contract says."""
        said = self.cleaned_data
        return Agreed(said["seats"], said["private_projects"], self.ends)


class GiveBackForm(ReasonForm):
    """How much of an invoice goes back, in the invoice's currency."""

    amount = forms.DecimalField(label="Amount", min_value=0, decimal_places=2, max_digits=12)
    field_order = ("amount", "reason")

    def minor_units(self) -> int:
        """The amount in minor units; every currency that is sold has two decimals."""
        return int(self.cleaned_data["amount"] * 100)
