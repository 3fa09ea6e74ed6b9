"""How money is told to people."""

from dataclasses import dataclass

from django.urls import reverse

from orgs.entitlements import Limit, Standing
from orgs.models import Organization
from subscriptions.catalog import COMMUNITY, SOLD, Plan
from subscriptions.explaining import in_words
from subscriptions.queries import Billing


@dataclass(frozen=True, slots=True)
class StandingWords:
    """A standing as a badge and a sentence."""

    label: str
    tone: str
    text: str


@dataclass(frozen=True, slots=True)
class PlanCard:
    """What ``components/plan_card.html`` shows."""

    name: str
    price: str
    per: str
    features: tuple[str, ...]
    text: str
    current: bool
    url: str
    label: str


STANDINGS: dict[Standing, StandingWords] = {
    Standing.ACTIVE: StandingWords("Active", "success", "Everything is open."),
    Standing.GRACE: StandingWords("Grace", "warning", "Everything stays open for now."),
    Standing.RESTRICTED: StandingWords(
        "Restricted", "danger", "Reading and leaving work; growing does not."
    ),
    Standing.SUSPENDED: StandingWords("Suspended", "danger", "Please write to support."),
    Standing.CLOSING: StandingWords("Closing", "neutral", "This organization is being closed."),
    Standing.CLOSED: StandingWords("Closed", "neutral", "This organization is closed."),
}


def standing_words(billing: Billing) -> StandingWords:
    """Return how the organization stands, in words."""
    words = STANDINGS[billing.standing]
    is_active = billing.standing is Standing.ACTIVE
    trial = billing.subscription is not None and billing.subscription.is_trial
    if is_active and trial and billing.subscription and not billing.subscription.ends_at:
        return StandingWords("Trial", "info", "Everything is open, and nothing was charged yet.")
    if is_active and billing.subscription is not None and billing.subscription.ends_at:
        return StandingWords("Ending", "warning", "Everything is open until the subscription ends.")
    return words


def plan_cards(organization: Organization | None, billing: Billing | None) -> list[PlanCard]:
    """Return a card for each plan; the one that runs is marked, the others lead to the form."""
    cards = [_card(plan, organization, billing) for plan in SOLD]
    if organization is None:
        url = reverse("community:apply")
        free = PlanCard(
            COMMUNITY.name, "Free", "for approved projects", COMMUNITY.points, COMMUNITY.summary,
            False, url, "Apply",
        )  # fmt: skip
        return [free, *cards]
    return cards


def _card(plan: Plan, organization: Organization | None, billing: Billing | None) -> PlanCard:
    is_current = billing is not None and billing.is_live and billing.plan is plan
    url = reverse("orgs:new") if organization is None else ""
    if organization is not None and billing is not None and not billing.is_live:
        form = reverse("subscriptions:subscribe", kwargs={"name": organization.name})
        url = f"{form}?plan={plan.key}"
    return PlanCard(
        name=plan.name,
        price=str(plan.price("month").money),
        per="a seat and month",
        features=plan.points,
        text=f"{plan.summary} Or {plan.price('year').money} a year.",
        current=is_current,
        url=url,
        label="Found a company" if organization is None else f"Choose {plan.name}",
    )


def grant_facts(billing: Billing) -> list[tuple[str, object]]:
    """Return the facts of a grant, in pairs."""
    grant = billing.grant
    if grant is None:
        return []
    agreed: list[tuple[str, object]] = []
    if grant.seats is not None and grant.private_projects is not None:
        agreed = [
            ("Seats", grant.seats),
            ("Private projects", in_words(Limit.PRIVATE_PROJECTS, grant.private_projects)),
        ]
    return [
        ("Kind", grant.get_kind_display()),
        ("Reason", grant.reason),
        *agreed,
        ("Since", f"{grant.since:%-d %B %Y}"),
        ("Until", f"{grant.until:%-d %B %Y}"),
    ]
