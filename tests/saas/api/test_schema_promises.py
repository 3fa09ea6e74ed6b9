"""The API keeps what its document promises, whoever asks and whatever is sent: no fault, no answer
unheard of.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.core.result import Ok

from saas.api.main import api
from saas.wsgi import application
from tests.once import undone
from tests.saas.api.matrix import ROLES, World

PROMISES = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]
NOBODY = "nobody"
"""Whoever carries no token."""
WHO = [*map(str, ROLES), "stranger", NOBODY]
EXAMPLES = 5
NAMED = {
    "name": "name",
    "team": "team",
    "project": "project",
    "transfer_id": "transfer",
    "user_id": "target",
    "invitation_id": "invitation",
    "application_id": "questioned",
    "question_id": "question",
    "token_id": "robot",
}
"""A parameter of an address → what it names in the world."""
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
    """Let a request's end leave the world's transaction alone, as Django's test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def real_names(operation_id: str, world: World) -> dict[str, str]:
    """Return what the address of an operation names, of what there is."""
    operation = OPERATIONS[operation_id]
    of_offers = operation_id.endswith(("collaborator_invitation", "collaboration"))
    names = {parameter: world.names[key] for parameter, key in NAMED.items()}
    names |= {"external_id": "7"} | ({"invitation_id": world.names["offer"]} if of_offers else {})
    return {each.name: names[each.name] for each in operation.path_parameters}


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_nothing_comes_that_is_not_promised(operation_id: str, world: World) -> None:
    """Each example is sent by somebody else: an owner, a stranger, or nobody at all."""
    operation, real = OPERATIONS[operation_id], real_names(operation_id, world)
    tokens = {who: program.token for who, program in world.programs.items()}
    checks = CHECKS.get_by_names(PROMISES)
    for mode in GenerationMode:
        for names in (real, None) if real else (None,):

            @seed(2026)
            @settings(
                max_examples=EXAMPLES if names == (real or None) else 1,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(
                case=operation.as_strategy(generation_mode=mode, path_parameters=names),
                who=st.sampled_from(WHO),
            )
            def holds(case: Any, who: str) -> None:
                token = tokens.get(who)
                with undone():
                    response = case.call(headers=token and {"Authorization": f"Bearer {token}"})
                case.validate_response(response, checks=checks)

            holds()
