"""``manage.py hosts``: what operators see."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.actions.hosts import add_host
from accounts.models import Host
from accounts.tokens import digest, is_well_formed
from audit.models import AuditEvent
from kernel.refusals import Forbidden
from tests.builders import a_user, an_actor

pytestmark = pytest.mark.django_db


def hosts(*words: str) -> str:
    out = StringIO()
    call_command("hosts", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_adding_prints_the_token_once_and_nothing_else() -> None:
    text = hosts("add", "index").strip()

    host = Host.objects.get()
    assert is_well_formed(text, Host.PREFIX)
    assert host.digest == digest(text)
    assert host.scopes == ["decisions:ask", "entitlements:read"]
    assert text not in hosts("list")


def test_scopes_are_as_told() -> None:
    hosts("add", "index", "--scope", "entitlements:read")

    assert Host.objects.get().scopes == ["entitlements:read"]


def test_a_name_is_one_hosts_for_ever() -> None:
    hosts("add", "index")
    hosts("revoke", "INDEX")

    with pytest.raises(CommandError, match="exists or existed"):
        hosts("add", "Index")


def test_revoking_ends_it_at_once_and_twice_is_once() -> None:
    hosts("add", "index")

    assert "index is revoked" in hosts("revoke", "index")
    assert "index is revoked" in hosts("revoke", "index")

    assert not Host.objects.get().is_live
    assert "revoked" in hosts("list")
    names = list(AuditEvent.objects.order_by("pk").values_list("name", "actor_kind"))
    assert names == [("host.added", "system"), ("host.revoked", "system")]


def test_an_unknown_host_is_said_in_words() -> None:
    with pytest.raises(CommandError, match="no host named nothing"):
        hosts("revoke", "nothing")


def test_people_make_no_hosts() -> None:
    """Turns red without ``_operators_only`` in accounts/actions/hosts.py."""
    with pytest.raises(Forbidden):
        add_host(name="mine", scopes=["decisions:ask"], actor=an_actor(a_user(), fresh=True))
