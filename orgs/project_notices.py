"""Which event of a project mails whom. One function for each mail; each may run twice."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from audit.mail import send_once, send_to_each
from audit.models import AuditEvent
from orgs.levels import BY_KEY, PURPOSE
from orgs.models import ProjectTransfer
from orgs.models.transfer import TransferOutcome
from orgs.roles import Role
from orgs.transfer_queries import transfer_numbered


def offer_project(event: AuditEvent) -> None:
    """Tell the receiving side of an offer that is still open: the person, or owners and managers.

    Whoever offers it to a place of their own knows.
    """
    transfer = transfer_numbered(event.facts["transfer_id"])
    if transfer is None or not transfer.is_open:
        return
    organization = transfer.to_organization
    context = {
        "project": transfer.project.name,
        "actor": event.words.get("actor", "Somebody"),
        "giver": transfer.from_organization or transfer.from_user,
        "organization": organization,
        "receiver": organization.display_name if organization is not None else "you",
        "until": transfer.expires_at,
        "url": _address("orgs:answer_transfer", transfer=str(transfer.pk)),
    }
    people = [person for person in _who_answers(transfer) if person.pk != event.actor_id]
    send_to_each(f"{event.pk}:user", people, "transfer_proposed", context)


def tell_how_offer_ended(event: AuditEvent) -> None:
    """Tell whoever offered a project that somebody else accepted, declined or canceled it."""
    transfer = transfer_numbered(event.facts["transfer_id"])
    if transfer is None:
        return
    person = transfer.proposed_by
    if person.pk == event.actor_id or not person.is_active:
        return
    context = {
        "project": transfer.project.name,
        "actor": event.words.get("actor", "Somebody"),
        "receiver": transfer.to_organization or transfer.to_user,
        "outcome": transfer.outcome,
        "has_moved": transfer.outcome == TransferOutcome.ACCEPTED,
        "url": _address("orgs:projects"),
    }
    send_once(f"{event.pk}:user:{person.pk}", person.email, "transfer_closed", context)


def tell_whose_level_changed(event: AuditEvent) -> None:
    """Tell a person of the level they were given or lost, unless they did it themselves."""
    person = User.objects.filter(pk=event.facts["user_id"], is_active=True).first()
    if person is None or event.actor_id == person.pk:
        return
    before, after = (BY_KEY.get(event.facts[key]) for key in ("before", "after"))
    context = {
        "actor": event.words.get("actor", "Somebody"),
        "project": event.facts["project"],
        "before": before.key if before is not None else "",
    }
    key = f"{event.pk}:user:{person.pk}"
    if after is None:
        send_once(
            key, person.email, "project_level_taken", context | {"url": _address("orgs:projects")}
        )
        return
    given = {
        "level": after.key,
        "level_words": PURPOSE[after],
        "url": _address("orgs:project", name=event.facts["project"]),
    }
    send_once(key, person.email, "project_level_given", context | given)


def _who_answers(transfer: ProjectTransfer) -> Iterable[User]:
    if transfer.to_user is not None:
        return [transfer.to_user] if transfer.to_user.is_active else []
    return User.objects.filter(
        memberships__organization=transfer.to_organization,
        memberships__role__in=[Role.OWNER, Role.MANAGER],
        is_active=True,
    ).order_by("pk")


def _address(route: str, **names: str) -> str:
    return f"{settings.BASE_URL}{reverse(route, kwargs=names or None)}"
