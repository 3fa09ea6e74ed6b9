"""Making and revoking tokens of organizations."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from time_machine import travel

from accounts.refusals import TokenMalformed
from accounts.tokens import digest
from audit.models import AuditEvent
from kernel import clock
from kernel.refusals import Forbidden, NotFound, Refusal
from orgs.actions.projects import register_project
from orgs.actions.service_tokens import MOST_LIVE, make_service_token, revoke_service_token
from orgs.actions.teams import create_team
from orgs.actors import of_service_token
from orgs.entitlements import Feature
from orgs.models import Organization, Project, ServiceToken
from orgs.refusals import TooManyServiceTokens
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_phase,
    a_project,
    a_service_token,
    a_user,
    an_actor,
    an_organization,
    deliver_all,
    entitle,
    the_owner,
)

pytestmark = pytest.mark.django_db


def make(organization: Organization, **given: Any) -> tuple[ServiceToken, str]:
    asked = {
        "name": "robot",
        "scopes": ["projects:publish"],
        "actor": an_actor(the_owner(organization), fresh=True),
        **given,
    }
    return make_service_token(organization=organization, **asked)


def test_only_a_fingerprint_is_kept_and_it_lasts_ninety_days_unless_told_otherwise() -> None:
    organization = an_organization()
    with travel(clock.wall(), tick=False):
        token, text = make(organization)
        longest, _ = make(organization, days=365)
        assert token.expires_at == clock.wall() + timedelta(days=90)
        assert longest.expires_at == clock.wall() + timedelta(days=365)

    stored = ServiceToken.objects.filter(pk=token.pk).values().get()
    assert text.startswith("ch_svc_")
    assert (stored["digest"], stored["hint"]) == (digest(text), text[-4:])
    assert not any(text in str(value) for value in stored.values())
    assert not any(text in str(row) for row in AuditEvent.objects.values())
    organization.refresh_from_db()
    assert organization.seats_taken == 1  # the owner's


def test_only_owners_who_just_signed_in_make_one_and_no_token_does() -> None:
    """Red without ``fresh=True`` on tokens:create, or without ``require`` in the action."""
    organization = an_organization()
    manager = a_member(organization, Role.MANAGER)
    robot = of_service_token(a_service_token(organization)[0])
    refused = []
    for actor in (
        an_actor(the_owner(organization)),
        an_actor(manager, fresh=True),
        robot,
        an_actor(a_user(), fresh=True),
    ):
        with pytest.raises(Refusal) as no:
            make(organization, actor=actor)
        refused.append(no.value.reason)

    assert refused == [
        "fresh_sign_in_required",
        "role_too_low",
        "fresh_sign_in_required",
        "not_found",
    ]
    assert organization.service_tokens.count() == 1


@pytest.mark.parametrize(
    ("withhold", "reason"),
    [
        (lambda o: entitle(o, a_phase("restricted")), "standing_restricted"),
        (
            lambda o: entitle(o, a_phase(features=set(Feature) - {Feature.ORG_TOKENS})),
            "feature_missing",
        ),
    ],
)
def test_making_is_growth_and_revoking_is_an_exit(
    withhold: Callable[[Organization], object], reason: str
) -> None:
    organization = an_organization()
    token, _ = make(organization)
    withhold(organization)

    with pytest.raises(Refusal) as no:
        make(organization)
    revoke_service_token(token=token, actor=an_actor(the_owner(organization)))

    assert no.value.reason == reason
    assert not organization.service_tokens.live().exists()


def test_making_and_revoking_are_in_the_log_once_each() -> None:
    organization = an_organization("guild")
    owner = the_owner(organization)
    token, _ = make(organization)
    for _ in range(2):
        revoke_service_token(token=token, actor=an_actor(owner))

    log = AuditEvent.objects.about("service_token", token.pk).order_by("pk")
    assert [event.name for event in log] == ["service_token.made", "service_token.revoked"]
    assert {event.organization_id for event in log} == {organization.pk}
    assert (
        log[1].sentence() == f"{owner.user} revoked the service token “robot” ending …{token.hint}"
    )


def test_strangers_and_managers_revoke_nothing() -> None:
    """Red without ``require`` in revoke_service_token."""
    organization = an_organization()
    token, _ = make(organization)

    with pytest.raises(NotFound):
        revoke_service_token(token=token, actor=an_actor(the_owner(an_organization())))
    with pytest.raises(Forbidden):
        revoke_service_token(token=token, actor=an_actor(a_member(organization, Role.MANAGER)))

    assert organization.service_tokens.live().get() == token


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["members:read"]}, "scopes"),
        ({"scopes": ["billing:read"]}, "scopes"),
        ({"days": 366}, "days"),
        ({"days": 0}, "days"),
    ],
)
def test_what_cannot_be_a_token_is_refused(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(TokenMalformed) as no:
        make(an_organization(), **wrong)

    assert no.value.field == field


def test_an_organization_has_no_more_than_fifty_live_ones() -> None:
    """Red without the count in make_service_token."""
    organization = an_organization()
    made = [a_service_token(organization)[0] for _ in range(MOST_LIVE)]
    with pytest.raises(TooManyServiceTokens):
        make(organization)

    revoke_service_token(token=made[0], actor=an_actor(the_owner(organization)))
    make(organization)


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"expires_at": None}, "service_token_ends_within_a_year"),
        ({"expires_at": clock.wall() + timedelta(days=367)}, "service_token_ends_within_a_year"),
        ({"scopes": []}, "service_token_scopes_are_known"),
        ({"scopes": ["members:write"]}, "service_token_scopes_are_known"),
        ({"name": ""}, "service_token_has_a_name"),
    ],
)
def test_the_database_holds_what_a_token_is(wrong: dict[str, Any], constraint: str) -> None:
    token, _ = a_service_token(an_organization())

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ServiceToken.objects.filter(pk=token.pk).update(**wrong)


def test_a_project_has_one_creator_a_person_or_an_organization() -> None:
    organization = an_organization()
    project = a_project(organization)

    for wrong in ({"created_by": None}, {"created_by_organization": organization}):
        with pytest.raises(IntegrityError, match="project_has_one_creator"), transaction.atomic():
            Project.objects.filter(pk=project.pk).update(**wrong)


def test_every_owner_is_told_also_the_one_who_made_it() -> None:
    organization = an_organization("guild")
    owners = [the_owner(organization), a_member(organization, Role.OWNER)]
    a_member(organization, Role.MANAGER)
    make(organization, scopes=["projects:publish", "audit:read"])

    deliver_all()
    deliver_all()

    told = [message for message in mail.outbox if "“robot” was made" in message.subject]
    assert sorted(each.to[0] for each in told) == sorted(owner.user.email for owner in owners)
    assert "- Publish its projects" in str(told[0].body)
    assert "/orgs/guild/settings/tokens/" in str(told[0].body)


def test_the_log_names_the_token_that_acted_and_finds_all_it_did() -> None:
    """Red without the subject of service tokens in ``audit.record``."""
    organization = an_organization("guild")
    token, _ = a_service_token(organization, name="release robot")
    robot = of_service_token(token)

    create_team(organization=organization, name="core", actor=robot)
    register_project(name="axle", organization=organization, actor=robot)

    log = AuditEvent.objects.about("service_token", token.pk).order_by("pk")
    assert [event.sentence() for event in log] == [
        "Service token “release robot” created the team core",
        "Service token “release robot” registered the public project axle",
    ]
    assert {(e.actor_kind, e.actor_id, e.credential_id) for e in log} == {
        ("service_token", None, token.pk)
    }
