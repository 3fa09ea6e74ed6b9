"""Two who make a token of one organization at once."""

from functools import partial

import pytest

from orgs.actions import service_tokens
from orgs.actions.service_tokens import make_service_token
from tests.builders import an_actor, an_organization, the_owner
from tests.orgs.test_races import ROUNDS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_last_token_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Red without ``Organization.objects.lock`` in ``make_service_token``."""
    monkeypatch.setattr(service_tokens, "MOST_LIVE", 1)
    for _ in range(ROUNDS):
        organization = an_organization()
        make = partial(
            make_service_token,
            organization=organization,
            scopes=["audit:read"],
            actor=an_actor(the_owner(organization), fresh=True),
        )

        outcomes = at_once(partial(make, name="one"), partial(make, name="two"))

        assert outcomes == ["ok", "too_many_tokens"]
