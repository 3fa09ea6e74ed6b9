"""Everything that is kept about a person, as they may take it along. What others said stays out."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Model
from django.db.models.functions import Lower

from accounts.mail_preferences import addresses_of, wanted_by
from accounts.models import User
from audit.models import AuditEvent
from community.models import Application
from kernel import clock
from orgs.levels import Level
from orgs.models import CollaboratorInvitation, Invitation, Membership

OF_APPLICATIONS = (
    "name",
    "display_name",
    "url",
    "description",
    "intended_use",
    "repository_url",
    "license_url",
    "maintainers",
    "people",
    "state",
    "appeal",
)


def personal_data(user: User) -> dict[str, Any]:
    """Return a person's data, made of what JSON knows; secrets and hashes are never in it."""
    return {
        "exported_at": clock.wall().isoformat(),
        "account": {
            "id": str(user.public_id),
            "name": user.name,
            "email": user.email,
            "staff_role": user.staff_role,
            "joined_at": _time(user.joined_at),
            "last_sign_in_at": _time(user.last_login),
        },
        "addresses": _rows(
            EmailAddress.objects.filter(user=user).order_by("pk"), "email", "verified", "primary"
        ),
        "second_factors": _rows(
            Authenticator.objects.filter(user=user).order_by("pk"),
            "type",
            "created_at",
            "last_used_at",
        ),
        "sessions": _rows(
            UserSession.objects.filter(user=user).order_by("pk"), "ip", "user_agent", "created_at"
        ),
        "tokens": _rows(
            user.tokens.order_by("pk"),
            "name",
            "hint",
            "scopes",
            "created_at",
            "expires_at",
            "last_used_at",
            "revoked_at",
        ),
        "mail": {kind.value: is_wanted for kind, is_wanted in wanted_by(user).items()},
        "organizations": [_place(place) for place in _places(user)],
        "projects": _rows(
            user.owned_projects.order_by("pk"),
            "name",
            "description",
            "is_private",
            "created_at",
            "archived_at",
        ),
        "levels_on_projects": [
            {
                "project": role.project.name,
                "level": Level(role.level).key,
                "since": _time(role.since),
            }
            for role in user.project_roles.select_related("project").order_by("pk")
        ],
        "called_by_hosts": [
            {"host": row.host.name, "external_id": row.external_id}
            for row in user.external_ids.select_related("host").order_by("pk")
        ],
        "invitations": [_offer(offer) for offer in _offers(user)],
        "invitations_to_projects": [_level_offer(offer) for offer in _level_offers(user)],
        "applications": _rows(
            Application.objects.filter(applicant=user).order_by("pk"), *OF_APPLICATIONS
        ),
        "log": list(_log(user)),
    }


def _places(user: User) -> Iterator[Membership]:
    yield from (
        Membership.objects.filter(user=user)
        .select_related("organization")
        .prefetch_related("team_memberships__team")
        .order_by("pk")
    )


def _place(place: Membership) -> dict[str, Any]:
    return {
        "organization": place.organization.name,
        "role": place.role,
        "since": _time(place.since),
        "teams": [
            {"team": each.team.name, "is_maintainer": each.is_maintainer}
            for each in place.team_memberships.all()
        ],
    }


def _offers(user: User) -> Iterator[Invitation]:
    to_them = Invitation.objects.for_person(user, _proven(user))
    yield from to_them.select_related("organization").order_by("pk")


def _level_offers(user: User) -> Iterator[CollaboratorInvitation]:
    to_them = CollaboratorInvitation.objects.alias(to=Lower("email")).filter(to__in=_proven(user))
    yield from to_them.select_related("project").order_by("pk")


def _proven(user: User) -> list[str]:
    return [address.lower() for address in addresses_of(user)]


def _level_offer(offer: CollaboratorInvitation) -> dict[str, Any]:
    return {
        "project": offer.project.name,
        "address": offer.email,
        "level": Level(offer.level).key,
        "sent_at": _time(offer.sent_at),
        "outcome": offer.outcome,
    }


def _offer(offer: Invitation) -> dict[str, Any]:
    return {
        "organization": offer.organization.name,
        "address": offer.email,
        "role": offer.role,
        "sent_at": _time(offer.sent_at),
        "outcome": offer.outcome,
    }


def _log(user: User) -> Iterator[dict[str, Any]]:
    """Tell what a person did in whole, and of what was done to them only what and when."""
    about = AuditEvent.objects.about("user", user.pk).select_related("detail").order_by("pk")
    for event in about.iterator(chunk_size=1000):
        told = {"event": event.name, "at": _time(event.at)}
        if event.actor_id == user.pk and event.actor_kind != "staff":
            told |= {"sentence": event.sentence(), "address": event.words.get("address", "")}
        yield told


def _rows(rows: Any, *fields: str) -> list[dict[str, Any]]:
    return [{field: _plain(row, field) for field in fields} for row in rows]


def _plain(row: Model, field: str) -> Any:
    value = getattr(row, field)
    return _time(value) if isinstance(value, datetime) else value


def _time(value: datetime | None) -> str | None:
    return value.isoformat() if value is not None else None
