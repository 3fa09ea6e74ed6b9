"""The document: complete, committed, and readable by anybody in a browser."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from ninja import Schema

from saas.api.main import api
from saas.api.problems import MEDIA_TYPE

COMMITTED = Path(__file__).resolve().parents[3] / "docs" / "openapi.json"
REGENERATE = (
    "manage.py export_openapi_schema --api saas.api.main.api --indent 2 --sorted"
    " --output docs/openapi.json"
)

HOUSES = {"accounts", "community", "orgs", "saas", "subscriptions"}


def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))
    return found


def operations() -> list[tuple[str, dict[str, Any]]]:
    return [
        (operation["operationId"], operation)
        for path in document()["paths"].values()
        for operation in path.values()
    ]


def test_the_committed_document_is_the_one_that_is_served() -> None:
    committed = json.loads(COMMITTED.read_text())

    assert committed == document(), f"Look at the difference, then: {REGENERATE}"


@pytest.mark.parametrize(("name", "operation"), operations(), ids=lambda value: str(value)[:40])
def test_each_operation_says_what_it_takes_and_what_can_come(
    name: str, operation: dict[str, Any]
) -> None:
    responses = operation["responses"]

    assert name.islower()
    assert operation["summary"]
    assert operation["description"]
    assert len(operation["tags"]) == 1
    assert {"429", "500", "503"} <= set(responses)
    if name == "report_tokens":  # no token is asked for but those that are reported
        assert "security" not in operation
    else:
        assert operation["security"] == [{"Bearer": []}]
        assert "401" in responses
    for status, response in responses.items():
        assert int(status) < 400 or set(response["content"]) == {MEDIA_TYPE}
    if "requestBody" in operation:
        assert {"400", "413", "422"} <= set(responses)


def test_every_request_schema_forbids_what_it_does_not_name_and_has_an_example() -> None:
    schemas = document()["components"]["schemas"]
    sent = [name for name in schemas if name.endswith("In")]

    assert len(sent) >= 12
    for name in sent:
        assert schemas[name]["additionalProperties"] is False, name
        assert name == "QuestionIn" or schemas[name]["examples"], name


def test_tags_are_explained() -> None:
    explained = {tag["name"] for tag in document()["tags"]}

    assert explained == {operation["tags"][0] for _, operation in operations()}


@pytest.mark.django_db
def test_document_and_page_are_read_without_signing_in() -> None:
    browser = Client()

    served, page = browser.get("/api/v1/openapi.json"), browser.get("/api/v1/docs")

    assert served.json() == document()
    assert page.status_code == 200
    assert b"//cdn" not in page.content
    assert "script-src 'self'" in page["Content-Security-Policy"]


def test_no_two_shapes_bear_one_name() -> None:
    """In the document one would take the other's place."""

    def below(kind: type[Schema]) -> set[type[Schema]]:
        return {kind}.union(*[below(each) for each in kind.__subclasses__()])

    ours = [
        each.__name__
        for each in below(Schema)
        if each.__module__.split(".")[0] in HOUSES and "[" not in each.__name__
    ]
    assert {name: many for name, many in Counter(ours).items() if many > 1} == {}
