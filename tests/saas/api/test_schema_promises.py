"""The API keeps what its document promises, whatever is sent: no fault, no answer unheard of."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.core.result import Ok

from community.states import State
from orgs.actions.transfers import propose_transfer
from saas.api.main import api
from saas.wsgi import application
from tests.builders import (
    a_member,
    a_project,
    a_service_token,
    a_team,
    an_actor,
    an_invitation,
    an_organization,
    the_owner,
)
from tests.community.builders import an_application
from tests.saas.api.calling import a_program

pytestmark = pytest.mark.django_db

EXAMPLES = 3
PROMISES = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]
DOCUMENT = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
OPERATIONS = {
    operation.definition.raw["operationId"]: operation
    for found in DOCUMENT.get_all_operations()
    if isinstance(found, Ok)
    for operation in [found.ok()]
}


def test_every_operation_can_be_read() -> None:
    assert len(OPERATIONS) == sum(len(path) for path in api.get_openapi_schema()["paths"].values())


@pytest.fixture(autouse=True)
def _connection_stays_open() -> Iterator[None]:
    """Let a request's end leave the test's own transaction alone, as Django's test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def names() -> dict[str, str]:
    """Return what addresses can name, of an owner who holds the token."""
    organization = an_organization("guild")
    owner = the_owner(organization)
    member = a_member(organization)
    a_team(organization, "core", members=[member])
    a_project(organization, "wheel", is_private=True)
    giver = an_organization()
    transfer = propose_transfer(
        project=a_project(giver),
        to_organization=organization,
        actor=an_actor(the_owner(giver), fresh=True),
    )
    asked = an_application(State.NEEDS_INFORMATION, applicant=owner.user)
    return {
        "name": "guild",
        "team": "core",
        "project": "wheel",
        "external_id": "7",
        "transfer_id": str(transfer.public_id),
        "user_id": str(member.user.public_id),
        "invitation_id": str(an_invitation(organization)[0].public_id),
        "application_id": str(asked.public_id),
        "question_id": str(asked.questions.get().public_id),
        "token_id": str(a_service_token(organization)[0].public_id),
        "token": a_program(owner).token,
    }


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_nothing_comes_that_is_not_promised(
    operation_id: str, mode: GenerationMode, names: dict[str, str]
) -> None:
    operation = OPERATIONS[operation_id]
    asked = {each.name for each in operation.path_parameters}
    headers = {"Authorization": f"Bearer {names['token']}"}
    real = {name: names[name] for name in asked}

    for parameters in (real, None) if asked else (None,):

        @seed(2026)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode, path_parameters=parameters))
        def holds(case: Any) -> None:
            response = case.call(headers=headers)
            case.validate_response(response, checks=CHECKS.get_by_names(PROMISES))

        holds()
