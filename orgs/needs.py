"""What standing, a feature, a limit or a seat withholds from somebody who holds the right."""

from kernel.refusals import Remedy
from orgs.decision import Decision, Rule
from orgs.entitlements import UNLIMITED, Limit, Phase, Standing
from orgs.facts import Facts

GOING = (Standing.CLOSING, Standing.CLOSED)
"""Standings of an organization that is read, exported, left and undone, and nothing else."""


def not_open(rule: Rule, facts: Facts) -> Decision | None:
    """Say what standing, a feature, a limit or a seat withholds from somebody who holds the
    role.
    """
    if facts.project is not None and (withheld := _project_withholds(rule, facts)):
        return withheld
    if not facts.name:  # a person's own project: nothing is paid for it
        return None
    phase = facts.phase
    if rule.company and facts.kind != "company":
        return Decision(
            False, "not_a_company", f"{facts.name} is not a company; nothing is billed."
        )
    if rule.while_open and phase.standing in GOING:
        return _being_closed(facts)
    if (rule.growth and not phase.grows()) or (rule.publishing and not phase.may_publish):
        return _standing_withholds(facts, phase, rule)
    if rule.feature is not None and rule.feature not in phase.features:
        return Decision(
            False,
            "feature_missing",
            f"What {facts.name} has now does not include {rule.feature.replace('_', ' ')}.",
            remedy=billing_page(facts, "Look at the plans"),
        )
    if rule.limit is not None:
        return _limit_reached(rule.limit, facts, phase)
    return None


def _project_withholds(rule: Rule, facts: Facts) -> Decision | None:
    """Say what the project itself stands against: it is archived, or private and in no
    organization.
    """
    project = facts.project
    if project is None:
        return None
    if rule.present and project.is_archived:
        return Decision(
            False,
            "project_archived",
            f"{project.name} is archived, so nobody can {rule.words}.",
            remedy=Remedy("Bring it back", "administrator", f"/projects/{project.name}/settings/"),
        )
    if rule.growth and project.is_private and not facts.name:
        return Decision(
            False,
            "feature_missing",
            f"{project.name} is private and belongs to a person; only organizations share private"
            " projects.",
            remedy=Remedy(
                "Make it public, or give it to an organization",
                "owner",
                f"/projects/{project.name}/settings/",
            ),
        )
    return None


def _standing_withholds(facts: Facts, phase: Phase, rule: Rule) -> Decision:
    if phase.standing in GOING:
        return _being_closed(facts)
    if phase.standing == Standing.SUSPENDED:
        return Decision(
            False,
            "standing_suspended",
            f"{facts.name} is suspended, so nobody can {rule.words} now.",
            remedy=Remedy("Write to support", "owner", f"/orgs/{facts.name}/billing/"),
        )
    if facts.kind == "company" and not phase.may_raise_bill:
        return Decision(
            False,
            "pay_invoice_first",
            f"An invoice of {facts.name} is unpaid, so nobody can {rule.words} until it is paid.",
            remedy=billing_page(facts, "Pay the open invoice"),
        )
    if facts.kind == "company":
        words = f"{facts.name} has no running subscription, so nobody can {rule.words} yet."
        return Decision(
            False,
            "standing_restricted",
            words,
            remedy=billing_page(facts, "Choose a plan and subscribe"),
        )
    words = f"The free grant of {facts.name} has ended, so nobody can {rule.words} now."
    return Decision(
        False, "standing_restricted", words, remedy=billing_page(facts, "Look at the grant")
    )


def _being_closed(facts: Facts) -> Decision:
    return Decision(
        False,
        "organization_closing",
        f"{facts.name} is being closed.",
        remedy=Remedy("Undo the deletion", "owner", f"/orgs/{facts.name}/settings/delete/"),
    )


def _limit_reached(limit: Limit, facts: Facts, phase: Phase) -> Decision | None:
    allowed = phase.limits.get(limit, 0)
    taken = facts.taken(limit)
    if allowed == UNLIMITED or taken < allowed:
        return None
    if limit is not Limit.SEATS:
        words = f"{facts.name} has used all {allowed} of its {limit.replace('_', ' ')}."
        return Decision(
            False, "limit_reached", words, remedy=billing_page(facts, "Look at the plans")
        )
    if not phase.may_raise_bill:
        words = f"All {allowed} seats of {facts.name} are taken, and an invoice is unpaid."
        return Decision(
            False, "pay_invoice_first", words, remedy=billing_page(facts, "Pay the open invoice")
        )
    words = (
        f"All {allowed} seats of {facts.name} are taken"
        f" ({facts.seats_taken} by members, {facts.seats_offered} by open invitations)."
    )
    return Decision(False, "no_seat_left", words, remedy=_one_seat_more(facts, phase))


def _one_seat_more(facts: Facts, phase: Phase) -> Remedy:
    """Offer a seat at its price where seats are bought; elsewhere one has to be freed."""
    if phase.seat_price is None:
        return Remedy(
            "Remove somebody or withdraw an invitation", "owner", f"/orgs/{facts.name}/people/"
        )
    seats = max(phase.limits.get(Limit.SEATS, 0), facts.taken(Limit.SEATS)) + 1
    if phase.seats_follow:
        return Remedy(
            "Raise the ceiling of the seats",
            "owner or billing manager",
            f"/orgs/{facts.name}/billing/ceiling/",
        )
    return Remedy(
        f"Buy one more seat, for {phase.seat_price}",
        "owner or billing manager",
        f"/orgs/{facts.name}/billing/change/?seats={seats}",
    )


def billing_page(facts: Facts, action: str) -> Remedy:
    """Return the remedy that lies on the organization's billing page."""
    who = "owner or billing manager" if facts.kind == "company" else "owner"
    return Remedy(action, who, f"/orgs/{facts.name}/billing/")
