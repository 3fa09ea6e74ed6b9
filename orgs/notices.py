"""Which event of an organization mails whom. One function for each mail; each may run twice."""

from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import User
from audit.mail import send_once, send_to_each
from audit.models import AuditEvent
from orgs.events import SecondFactorDemanded
from orgs.levels import PURPOSE as LEVEL_PURPOSE
from orgs.levels import Level
from orgs.models import CollaboratorInvitation, Invitation, Organization
from orgs.models.invitation import Outcome
from orgs.queries import without_second_factor
from orgs.roles import PURPOSE, Role


def invite(event: AuditEvent) -> None:
    """Send the link to the invited address; a link that was renewed or closed since is not sent."""
    offer = (
        Invitation.objects.open()
        .filter(pk=event.facts["invitation_id"], round=event.facts["round"])
        .select_related("organization", "invited_by", "user")
        .first()
    )
    if offer is None:
        return
    context = {
        "organization": offer.organization,
        "inviter": offer.invited_by,
        "role": offer.get_role_display(),
        "role_words": PURPOSE[offer.role],
        "until": offer.expires_at,
        "url": _address("orgs:invitation", token=offer.token),
    }
    send_once(f"{event.pk}:invitation:{offer.pk}", offer.mail_address, "invitation_sent", context)


def tell_who_was_declined(event: AuditEvent) -> None:
    """Tell the inviter and every owner that an offer was declined, with the words if there are."""
    if event.facts.get("outcome", Outcome.DECLINED) != Outcome.DECLINED:
        return
    organization = _organization(event)
    offer = Invitation.objects.get(pk=event.facts["invitation_id"])
    context = {
        "organization": organization,
        "invited": event.words.get("email", "Somebody"),
        "role": Role(event.facts["role"]).label,
        "words": event.words.get("words", ""),
        "url": _address("orgs:people", name=organization.name),
    }
    members = User.objects.filter(memberships__organization=organization, is_active=True)
    told = members.filter(Q(memberships__role=Role.OWNER) | Q(pk=offer.invited_by_id)).distinct()
    send_to_each(f"{event.pk}:user", told.order_by("pk"), "invitation_declined", context)


def invite_collaborator(event: AuditEvent) -> None:
    """Send the link of a level; one that was renewed or closed since is not sent."""
    offer = (
        CollaboratorInvitation.objects.open()
        .filter(pk=event.facts["invitation_id"], round=event.facts["round"])
        .select_related("project", "invited_by")
        .first()
    )
    if offer is None:
        return
    level = Level(offer.level)
    context = {
        "project": offer.project,
        "inviter": offer.invited_by,
        "level": level.label,
        "level_words": LEVEL_PURPOSE[level],
        "until": offer.expires_at,
        "url": _address("orgs:collaboration", token=offer.token),
    }
    key = f"{event.pk}:collaborator:{offer.pk}"
    send_once(key, offer.email, "collaborator_invited", context)


def tell_owners_who_joined(event: AuditEvent) -> None:
    """Tell every owner but the new member that somebody is in."""
    organization = _organization(event)
    context = {
        "organization": organization,
        "member": event.words.get("member", "Somebody"),
        "role": Role(event.facts["role"]).label,
        "url": _address("orgs:people", name=organization.name),
    }
    others = _owners(organization).exclude(pk=event.facts["user_id"])
    send_to_each(f"{event.pk}:user", others, "member_joined", context)


def tell_who_was_removed(event: AuditEvent) -> None:
    """Tell a person who was removed; who left by themselves knows."""
    person = User.objects.filter(pk=event.facts["user_id"], is_active=True).first()
    if person is None or event.facts["how"] != "removed":
        return
    context = {
        "organization": _organization(event),
        "role": Role(event.facts["role"]).label,
        "lost": _lost(event),
        "url": _address("orgs:list"),
    }
    send_once(f"{event.pk}:user:{person.pk}", person.email, "member_removed", context)


def tell_owners_who_left(event: AuditEvent) -> None:
    """Tell every owner but whoever did it that somebody is out, and what went along."""
    organization = _organization(event)
    gone = (event.facts["user_id"], event.actor_id)
    context = {
        "organization": organization,
        "member": event.words.get("member", "Somebody"),
        "role": Role(event.facts["role"]).label,
        "actor": event.actor_name if event.facts["how"] == "removed" else "",
        "lost": _lost(event),
        "url": _address("orgs:people", name=organization.name),
    }
    others = _owners(organization).exclude(pk__in=[pk for pk in gone if pk is not None])
    send_to_each(f"{event.pk}:owner", others, "member_left", context)


def tell_of_new_owner(event: AuditEvent) -> None:
    """Tell the new owner, the former one and every other owner who owns the organization now."""
    organization = _organization(event)
    former = User.objects.filter(pk=event.facts["former_id"], is_active=True)
    context = {
        "organization": organization,
        "former": event.words.get("actor", "Somebody"),
        "owner": event.words.get("member", "Somebody"),
        "stays": event.facts["stays"],
        "url": _address("orgs:overview", name=organization.name),
    }
    people = {*_owners(organization), *former}
    send_to_each(f"{event.pk}:user", people, "ownership_transferred", context)


def tell_whose_role_changed(event: AuditEvent) -> None:
    """Tell a person of their new role, unless they gave it to themselves."""
    person = User.objects.filter(pk=event.facts["user_id"], is_active=True).first()
    if person is None or event.actor_id == person.pk:
        return
    organization = _organization(event)
    role = Role(event.facts["after"])
    context = {
        "organization": organization,
        "actor": event.words.get("actor", "Somebody"),
        "before": Role(event.facts["before"]).label,
        "role": role.label,
        "role_words": PURPOSE[role],
        "url": _address("orgs:overview", name=organization.name),
    }
    send_once(f"{event.pk}:user:{person.pk}", person.email, "member_role_changed", context)


def tell_owners_of_another(event: AuditEvent) -> None:
    """Tell the owners there were that there is one more; whoever did it knows."""
    if event.facts["after"] != Role.OWNER:
        return
    organization = _organization(event)
    knowing = [event.facts["user_id"], event.actor_id or 0]
    context = {
        "organization": organization,
        "actor": event.words.get("actor", "Somebody"),
        "member": event.words.get("member", "Somebody"),
        "before": Role(event.facts["before"]).label,
        "url": _address("orgs:people", name=organization.name),
    }
    others = _owners(organization).exclude(pk__in=knowing)
    send_to_each(f"{event.pk}:owner", others, "owner_made", context)


def tell_who_lacks_second_factor(event: AuditEvent) -> None:
    """Tell the members without a second factor what is closed to them now, and what opens it."""
    organization = _organization(event)
    if not organization.requires_second_factor:
        return
    places = without_second_factor(organization).filter(user__is_active=True)
    context = {"organization": organization, "url": _address("mfa_index")}
    people = [place.user for place in places]
    send_to_each(f"{event.pk}:user", people, "second_factor_demanded", context)


def tell_owners_of_second_factor(event: AuditEvent) -> None:
    """Tell the other owners that the demand was switched on or off; whoever did it knows."""
    organization = _organization(event)
    context = {
        "organization": organization,
        "actor": event.words.get("actor", "Somebody"),
        "is_demanded": event.name == SecondFactorDemanded.name,
        "url": _address("orgs:second_factor", name=organization.name),
    }
    others = _owners(organization).exclude(pk=event.actor_id or 0)
    send_to_each(f"{event.pk}:owner", others, "second_factor_switched", context)


def _owners(organization: Organization) -> QuerySet[User]:
    return User.objects.filter(
        memberships__organization=organization, memberships__role=Role.OWNER, is_active=True
    ).order_by("pk")


def _lost(event: AuditEvent) -> list[str]:
    return [words for words in str(event.facts.get("lost", "")).split("; ") if words]


def _organization(event: AuditEvent) -> Organization:
    if event.organization_id is None:
        raise ValueError(f"{event} is about no organization")
    return Organization.objects.get(pk=event.organization_id)


def _address(route: str, **names: Any) -> str:
    return f"{settings.BASE_URL}{reverse(route, kwargs=names or None)}"
