"""The log as a file: whole, harmless, audited, and for whom it is paid."""

import csv
import json
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from audit.models import AuditEvent
from orgs.actions.teams import create_team
from orgs.entitlements import Feature
from orgs.models import Organization
from orgs.roles import Role
from tests.builders import a_member, a_user, an_actor, an_organization, signed_in, the_owner

pytestmark = pytest.mark.django_db


def an_export(browser: Client, form: str = "csv", query: str = "") -> str:
    answer = browser.post(f"/orgs/acme/audit/log.{form}{query}")
    assert answer.status_code == 200
    return whole(answer)


def whole(answer: Any) -> str:
    assert answer.streaming
    return str(answer.getvalue().decode())


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text, newline="")))


def test_a_file_holds_the_log_the_oldest_first_and_the_taking_is_recorded() -> None:
    organization = an_organization("acme")
    owner = the_owner(organization)
    create_team(organization=organization, name="core", actor=an_actor(owner))
    browser = signed_in(owner)

    answer = browser.post("/orgs/acme/audit/log.csv?event=team")
    found = rows(whole(answer))
    objects = [json.loads(line) for line in an_export(browser, "ndjson").splitlines()]

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="acme-audit-log.csv"'
    assert [row["sentence"] for row in found] == [f"{owner.user} created the team core"]
    assert json.loads(found[0]["details"]) == {"team": "core"}
    names = [each["event"] for each in objects]
    assert names == ["organization.founded", "member.joined", "team.created", "log.exported"]
    assert objects[2]["details"] == {"team": "core"}
    told = AuditEvent.objects.filter(name="log.exported").order_by("pk")[0]
    assert told.sentence() == f"{owner.user} exported the audit log as CSV"
    assert told.facts["filters"] == {"event": "team"}


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(evil: str) -> None:
    """Red without ``startswith`` in ``audit.export._cell``."""
    organization = an_organization("acme")
    owner = the_owner(organization)
    owner.user.name = evil
    owner.user.save()
    create_team(organization=organization, name="core", actor=an_actor(owner))

    [row] = rows(an_export(signed_in(owner), query="?event=team"))

    assert row["actor"] == f"'{evil}"
    assert row["sentence"].startswith(f"'{evil}")
    for value in row.values():
        assert not value.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_nothing_breaks_out_of_its_cell_or_line() -> None:
    organization = an_organization("acme")
    owner = the_owner(organization)
    owner.user.name = 'A,"\n=1'
    owner.user.save()
    create_team(organization=organization, name="core", actor=an_actor(owner))
    browser = signed_in(owner)

    [row] = rows(an_export(browser, query="?event=team"))
    [line] = an_export(browser, "ndjson", "?event=team").splitlines()

    assert row["actor"] == 'A,"\n=1' == json.loads(line)["actor"]


def test_where_somebody_sat_is_in_no_file() -> None:
    organization = an_organization("acme")
    browser = signed_in(the_owner(organization))
    an_export(browser)

    assert AuditEvent.objects.get(name="log.exported").words["address"] == "127.0.0.1"
    assert "127.0.0.1" not in an_export(browser, "ndjson")


def test_only_owners_export_and_only_where_it_is_paid_for() -> None:
    organization = an_organization("acme")
    manager = a_member(organization, Role.MANAGER)
    poor = an_organization("poor", features=[Feature.TEAMS])
    owner = signed_in(the_owner(poor))

    page = owner.get("/orgs/poor/audit/").content.decode()
    refused = owner.post("/orgs/poor/audit/log.csv")

    assert signed_in(manager).post("/orgs/acme/audit/log.csv").status_code == 403
    assert "Export" not in signed_in(manager).get("/orgs/acme/audit/").content.decode()
    assert signed_in(a_user()).post("/orgs/acme/audit/log.csv").status_code == 404
    assert refused.status_code == 402
    assert "does not include audit export" in refused.content.decode()
    assert 'href="/orgs/poor/billing/"' in page
    assert not AuditEvent.objects.filter(name="log.exported").exists()


def test_a_link_alone_exports_nothing() -> None:
    browser = signed_in(the_owner(an_organization("acme")))

    assert browser.get("/orgs/acme/audit/log.csv").status_code == 405
    assert not AuditEvent.objects.filter(name="log.exported").exists()
    assert Organization.objects.count() == 1
