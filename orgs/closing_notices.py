"""Mails about an organization's name and end. One function for each mail; each may run twice."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from audit.mail import send_to_each
from audit.models import AuditEvent
from orgs.events import DELETED
from orgs.models import Organization
from orgs.roles import Role


def tell_owners_of_the_new_name(event: AuditEvent) -> None:
    """Tell every owner, also the one who did it: an address of theirs changed."""
    organization = _organization(event)
    context = {
        "before": event.facts["before"],
        "after": event.facts["after"],
        "url": _address("orgs:overview", name=organization.name),
    }
    _tell(event, _owners(organization), "organization_renamed", context)


def tell_owners_of_a_name_gone(event: AuditEvent) -> None:
    """Tell the owners of an organization that lives that an old address of it leads nowhere now."""
    organization = _organization(event)
    context = {
        "before": event.facts["released"],
        "url": _address("orgs:overview", name=organization.name),
    }
    _tell(event, _owners(organization), "name_released", context)


def tell_members_of_the_end(event: AuditEvent) -> None:
    """Tell everybody in it until when they can take along what they need, and who can undo it."""
    organization = _organization(event)
    context = {
        "closes_at": datetime.fromisoformat(event.facts["closes_at"]),
        "url": _address("orgs:overview", name=organization.name),
    }
    _tell(event, _members(organization), "organization_closing", context)


def tell_members_that_it_stays(event: AuditEvent) -> None:
    """Tell everybody in it that the deletion was taken back."""
    organization = _organization(event)
    context = {"url": _address("orgs:overview", name=organization.name)}
    _tell(event, _members(organization), "organization_stays", context)


def tell_everybody_that_it_is_closed(event: AuditEvent) -> None:
    """Tell those who were in it to the end; the event names them, since nobody is in it now."""
    ids = [
        int(subject.removeprefix("user:"))
        for subject in event.subjects
        if subject.startswith("user:")
    ]
    people = User.objects.filter(pk__in=ids, is_active=True)
    context = {"never_lived": event.facts["why"] != DELETED, "url": _address("orgs:list")}
    _tell(event, people, "organization_closed", context)


def warn_owners_of_the_loss(event: AuditEvent) -> None:
    """Tell the owner of an empty company that never paid when its name is freed, and what helps.

    Nobody is told once the company has come to life.
    """
    organization = _organization(event)
    if organization.name_warned_at is None:
        return
    context = {
        "frees_at": datetime.fromisoformat(event.facts["frees_at"]),
        "url": _address("subscriptions:billing", name=organization.name),
    }
    _tell(event, _owners(organization), "name_loss_warned", context)


def _tell(event: AuditEvent, people: Iterable[User], mail: str, context: dict[str, Any]) -> None:
    known = {
        "organization": _organization(event),
        "actor": event.words.get("actor", "Somebody"),
        **context,
    }
    send_to_each(f"{event.pk}:user", people, mail, known)


def _owners(organization: Organization) -> Iterable[User]:
    return User.objects.filter(
        memberships__organization=organization, memberships__role=Role.OWNER, is_active=True
    ).order_by("pk")


def _members(organization: Organization) -> Iterable[User]:
    return User.objects.filter(memberships__organization=organization, is_active=True).order_by(
        "pk"
    )


def _organization(event: AuditEvent) -> Organization:
    if event.organization_id is None:
        raise ValueError(f"{event} is about no organization")
    return Organization.objects.get(pk=event.organization_id)


def _address(route: str, **names: Any) -> str:
    return f"{settings.BASE_URL}{reverse(route, kwargs=names or None)}"
