"""Forms of the money side: what may be typed. Who may send it is the policy's question."""

from typing import Any

from django import forms

from orgs.models import Organization
from orgs.names import NAME_RULE
from subscriptions.actions.checkout import may_try
from subscriptions.catalog import SOLD, TRIAL, Interval, Plan


class CompanyForm(forms.Form):
    """A company to found."""

    name = forms.CharField(
        label="Name",
        max_length=50,
        help_text=f"Stands in addresses, and stays this organization's for ever. {NAME_RULE}",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    display_name = forms.CharField(
        label="Display name",
        max_length=120,
        help_text="How people read it, such as “Acme Rockets Ltd.”",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    url = forms.URLField(
        label="Address of your site", required=False, max_length=200, assume_scheme="https"
    )


class ChoiceForm(forms.Form):
    """A plan, how often to pay, how many seats."""

    plan = forms.ChoiceField(label="Plan", choices=(), widget=forms.RadioSelect)
    interval = forms.ChoiceField(label="Pay", choices=(), widget=forms.RadioSelect)
    seats = forms.IntegerField(
        label="Seats",
        help_text="Owners, managers and members take a seat each; billing managers take none.",
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"] = forms.ChoiceField(
            label="Plan",
            widget=forms.RadioSelect,
            choices=[
                (
                    plan.key,
                    f"{plan.name}: a seat is {_price(plan, 'month')}, or {_price(plan, 'year')}",
                )
                for plan in SOLD
            ],
        )
        self.fields["interval"] = forms.ChoiceField(
            label="Pay",
            widget=forms.RadioSelect,
            choices=[
                (str(Interval.MONTH), "every month"),
                (str(Interval.YEAR), "every year: twelve months for the price of ten"),
            ],
        )
        self.fields["seats"].initial = max(1, organization.seats_taken)
        self.fields["seats"].widget.attrs |= {"min": max(1, organization.seats_taken)}
        self.order_fields(["plan", "interval", "seats"])


class CheckoutForm(ChoiceForm):
    """What to buy; whether to try it first; and the terms."""

    trial = forms.BooleanField(
        label=f"Try it for {TRIAL.days} days first",
        help_text="Everything is open at once. The card is charged when the trial ends, and not at"
        " all if you cancel before. You are told three days ahead.",
        required=False,
    )
    terms = forms.BooleanField(label="I accept the terms of service", required=False)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, organization=organization, **kwargs)
        if not may_try(organization):
            del self.fields["trial"]


class ChangeForm(ChoiceForm):
    """What a running subscription shall become; where seats follow people, they are not chosen."""

    def __init__(
        self, *args: Any, organization: Organization, seats_follow: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, organization=organization, **kwargs)
        if seats_follow:
            del self.fields["seats"]


class CeilingForm(forms.Form):
    """Up to how many seats there may be."""

    ceiling = forms.IntegerField(
        label="At most",
        help_text="Invitations beyond it are refused until it is raised.",
        widget=forms.NumberInput(attrs={"min": 1}),
    )


class BuyerForm(forms.Form):
    """Who pays an order."""

    name = forms.CharField(
        label="Your name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label="Address for invoices and receipts",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    terms = forms.BooleanField(label="I accept the terms of service", required=False)


class DetailsForm(forms.Form):
    """What stands on invoices."""

    email = forms.EmailField(
        label="Invoices and receipts go to",
        help_text="An address of the company rather than a person\u2019s, who may leave.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    purchase_order = forms.CharField(
        label="Purchase order",
        required=False,
        max_length=140,
        help_text="Stands on every invoice from now on. Empty: nothing.",
    )


def _price(plan: Plan, interval: str) -> str:
    return f"{plan.price(interval).money} a {interval}"
