"""Which event of a project mails whom. One function for each mail; each may run twice."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from audit.mail import send_once, send_to_each
from audit.models import AuditEvent
from orgs.levels import BY_KEY, PURPOSE
from orgs.models import CollaboratorInvitation, Organization, ProjectTransfer
from orgs.models.offer import Outcome
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
    """Tell whoever offered a project that somebody else accepted, declined or canceled it.

    That it lapsed is noted when the next is offered: no news by then.
    """
    transfer = transfer_numbered(event.facts["transfer_id"])
    if transfer is None or transfer.outcome == TransferOutcome.LAPSED:
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


def tell_owners_what_moved(event: AuditEvent) -> None:
    """Tell the owners on both sides that a project left or came.

    Who did it or proposed it knows.
    """
    transfer = transfer_numbered(event.facts["transfer_id"])
    if transfer is None:
        return
    told = {event.actor_id, transfer.proposed_by_id}
    for organization in (transfer.from_organization, transfer.to_organization):
        if organization is None:
            continue
        context = {
            "organization": organization,
            "project": transfer.project.name,
            "actor": event.words.get("actor", "Somebody"),
            "giver": transfer.from_organization or transfer.from_user,
            "receiver": transfer.to_organization or transfer.to_user,
            "url": _address("orgs:organization_projects", name=organization.name),
        }
        people = [owner for owner in _owners(organization) if owner.pk not in told]
        send_to_each(f"{event.pk}:owner:{organization.pk}", people, "project_moved", context)


def tell_owners_what_was_deleted(event: AuditEvent) -> None:
    """Tell the other owners of an organization that a project of it is gone."""
    if event.organization_id is None:  # a person's own
        return
    organization = Organization.objects.get(pk=event.organization_id)
    context = {
        "organization": organization,
        "project": event.facts["project"],
        "actor": event.words.get("actor", "Somebody"),
        "url": _address("orgs:organization_projects", name=organization.name),
    }
    people = [owner for owner in _owners(organization) if owner.pk != event.actor_id]
    send_to_each(f"{event.pk}:owner", people, "project_deleted", context)


def tell_what_was_answered(event: AuditEvent) -> None:
    """Tell the inviter and the owners of a project what somebody from outside answered."""
    outcome = event.facts["outcome"]
    if outcome not in (Outcome.ACCEPTED, Outcome.DECLINED):
        return
    offer = (
        CollaboratorInvitation.objects.filter(pk=event.facts["invitation_id"])
        .select_related("project__organization", "project__owner", "invited_by")
        .first()
    )
    if offer is None:  # the project is gone by now
        return
    project = offer.project
    owners = [project.owner] if project.organization is None else _owners(project.organization)
    people = {
        person for person in (offer.invited_by, *owners) if person is not None and person.is_active
    }
    level = BY_KEY[event.facts["level"]]
    context = {
        "invited": event.words.get("email", "Somebody"),
        "outcome": outcome,
        "project": project.name,
        "level": level.label,
        "url": _address("orgs:project_access", name=project.name),
    }
    others = [person for person in people if person.pk != event.actor_id]
    send_to_each(f"{event.pk}:user", others, "collaborator_answered", context)


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


def _owners(organization: Organization) -> QuerySet[User]:
    return User.objects.filter(
        memberships__organization=organization, memberships__role=Role.OWNER, is_active=True
    ).order_by("pk")


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
