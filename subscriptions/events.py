"""What happens around money, in the past tense."""

from dataclasses import dataclass

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class CheckoutBegun(Event):
    """Somebody chose a plan and was led to Stripe."""

    name = "checkout.begun"
    sentence = (
        "{actor} began a checkout: the {plan:words} plan, {seats} seats, paid by the {interval}"
    )

    attempt_id: int
    plan: str
    interval: str
    seats: int


@dataclass(frozen=True, kw_only=True)
class CheckoutEnded(Event):
    """A checkout ended: paid, expired, or never opened at Stripe."""

    name = "checkout.ended"
    sentence = "The checkout of the {plan:words} plan ended: {outcome:words}"

    attempt_id: int
    plan: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class BuyerLinkMade(Event):
    """An order was prepared for somebody without an account to pay."""

    name = "buyer_link.made"
    sentence = (
        "{actor} prepared an order for a buyer, good until {until:date}: the {plan:words} plan,"
        " {seats} seats, paid by the {interval}"
    )

    link_id: int
    plan: str
    interval: str
    seats: int
    until: str


@dataclass(frozen=True, kw_only=True)
class BuyerLinkRevoked(Event):
    """An order was taken back."""

    name = "buyer_link.revoked"
    sentence = "{actor} took the order for a buyer back"

    link_id: int


@dataclass(frozen=True, kw_only=True)
class SubscriptionChanged(Event):
    """What Stripe says of a subscription is another than before."""

    name = "subscription.changed"
    sentence = "The subscription changed: {changes:words}"

    subscription: str
    changes: str


@dataclass(frozen=True, kw_only=True)
class ChangeAsked(Event):
    """Somebody confirmed another plan, interval or number of seats, and what is due at once."""

    name = "subscription.change_asked"
    sentence = (
        "{actor} changed the subscription to {seats} seats of the {plan:words} plan by the"
        " {interval}; due at once: {due:words}"
    )

    change_id: int
    plan: str
    interval: str
    seats: int
    due: str


@dataclass(frozen=True, kw_only=True)
class ChangeEnded(Event):
    """A change is in effect, or came to nothing."""

    name = "subscription.change_ended"
    sentence = (
        "The change to {seats} seats of the {plan:words} plan by the {interval} ended:"
        " {outcome:words}"
    )

    change_id: int
    plan: str
    interval: str
    seats: int
    outcome: str


@dataclass(frozen=True, kw_only=True)
class SeatsFollow(Event):
    """The number of seats follows who takes one, up to a ceiling."""

    name = "subscription.seats_follow"
    sentence = (
        "{actor} lets the seats follow who takes one, up to {ceiling}; before: {before:words}"
    )

    subscription: str
    before: str
    ceiling: int


@dataclass(frozen=True, kw_only=True)
class SeatsFixed(Event):
    """The number of seats is bought again, and does not follow."""

    name = "subscription.seats_fixed"
    sentence = "{actor} fixed the number of seats at {seats}"

    subscription: str
    seats: int


@dataclass(frozen=True, kw_only=True)
class SeatsFollowed(Event):
    """The number of seats that are paid for is being brought to those who take one."""

    name = "subscription.seats_followed"
    sentence = "The seats paid for follow who takes one: {before} → {seats}"

    change_id: int
    before: int
    seats: int


@dataclass(frozen=True, kw_only=True)
class CancellationAsked(Event):
    """Somebody let a subscription end with its period."""

    name = "subscription.cancellation_asked"
    sentence = "{actor} canceled the subscription for the end of its period"

    subscription: str


@dataclass(frozen=True, kw_only=True)
class ResumptionAsked(Event):
    """Somebody let a subscription go on that would have ended."""

    name = "subscription.resumption_asked"
    sentence = "{actor} resumed the subscription"

    subscription: str


@dataclass(frozen=True, kw_only=True)
class EndedByStaff(Event):
    """Staff ended a subscription at once."""

    name = "subscription.ended_by_staff"
    sentence = "{actor} ended the subscription at once: {why}"

    subscription: str
    why: str


@dataclass(frozen=True, kw_only=True)
class BillingDetailsAsked(Event):
    """Somebody let invoices go elsewhere, or say something else."""

    name = "billing.details_asked"
    sentence = "{actor} let invoices go to {email}, and say as purchase order: {purchase_order}"
    personal = frozenset({"email", "purchase_order"})

    email: str
    purchase_order: str


@dataclass(frozen=True, kw_only=True)
class MoneyGivenBack(Event):
    """Staff give money of a paid invoice back."""

    name = "invoice.money_given_back"
    sentence = "{actor} gave back {amount:words} of invoice {invoice:words}: {why}"

    money_back_id: int
    invoice: str
    amount: str
    why: str


@dataclass(frozen=True, kw_only=True)
class MoneyBackEnded(Event):
    """What was given back has arrived, or has come back to us."""

    name = "invoice.money_back_ended"
    sentence = "The {amount:words} given back of invoice {invoice:words}: {outcome:words}"

    money_back_id: int
    invoice: str
    amount: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class SubscriptionsDoubled(Event):
    """Two live subscriptions stand side by side; staff should look."""

    name = "subscription.doubled"
    sentence = "Two subscriptions run at once, and both are paid for; our staff looks into it"

    subscriptions: str


@dataclass(frozen=True, kw_only=True)
class PaymentFailed(Event):
    """A payment failed; the ladder begins, with its dates."""

    name = "subscription.payment_failed"
    sentence = "A payment failed; everything stays open until {grace_ends:date}"

    subscription: str
    grace_ends: str


@dataclass(frozen=True, kw_only=True)
class GraceWarned(Event):
    """Whoever may pay was warned once more, on a day of the ladder."""

    name = "subscription.grace_warned"
    sentence = (
        "A payment is still open {step} days after it failed; everything works until"
        " {grace_ends:date}"
    )

    subscription: str
    step: int
    grace_ends: str


@dataclass(frozen=True, kw_only=True)
class TrialEnding(Event):
    """Whoever pays was told that a trial ends, and what is charged then."""

    name = "subscription.trial_ending"
    sentence = (
        "The payers were told that the trial ends on {until:date}, and that {due:words} follows"
    )

    subscription: str
    until: str
    due: str


@dataclass(frozen=True, kw_only=True)
class PortalOpened(Event):
    """Somebody went to the customer portal."""

    name = "portal.opened"
    sentence = "{actor} opened the customer portal"


@dataclass(frozen=True, kw_only=True)
class GrantGiven(Event):
    """Free use was granted."""

    name = "grant.given"
    sentence = "{actor} gave a {kind:words} grant until {until:date}"

    grant_id: int
    kind: str
    until: str


@dataclass(frozen=True, kw_only=True)
class TermWarned(Event):
    """The owners were warned that a term ends, or has ended."""

    name = "grant.term_warned"
    sentence = "The owners were told that the {kind:words} grant ends on {until:date}"

    grant_id: int
    kind: str
    until: str
    grace_ends: str


@dataclass(frozen=True, kw_only=True)
class GrantRenewed(Event):
    """Somebody confirmed a grant, and it goes on for another term."""

    name = "grant.renewed"
    sentence = "{actor} confirmed the {kind:words} grant; it runs until {until:date}"

    grant_id: int
    kind: str
    before: str
    until: str


@dataclass(frozen=True, kw_only=True)
class GrantEnded(Event):
    """Free use ended before its term."""

    name = "grant.ended"
    sentence = "The {kind:words} grant ended: {why}"

    grant_id: int
    kind: str
    why: str


@dataclass(frozen=True, kw_only=True)
class OverrideSet(Event):
    """Staff set something beside what is paid for or granted."""

    name = "override.set"
    sentence = "{actor} set until {until:date}: {what:words}. {why}"

    override_id: int
    what: str
    until: str
    why: str


@dataclass(frozen=True, kw_only=True)
class OverrideEnded(Event):
    """Staff ended before its day what they had set."""

    name = "override.ended"
    sentence = "{actor} ended what was set: {what:words}. {why}"

    override_id: int
    what: str
    why: str


@dataclass(frozen=True, kw_only=True)
class HoldPlaced(Event):
    """The organization is suspended."""

    name = "hold.placed"
    sentence = "{actor} suspended the organization: {why}"

    hold_id: int
    source: str
    why: str


@dataclass(frozen=True, kw_only=True)
class HoldLifted(Event):
    """One reason for the suspension is gone."""

    name = "hold.lifted"
    sentence = "{actor} lifted a suspension: {why}"

    hold_id: int
    source: str
    why: str
