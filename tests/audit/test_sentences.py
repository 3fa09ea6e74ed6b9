"""Every event there is, told in words: with its facts, with erased ones, and without codes."""

import re
from dataclasses import MISSING, fields
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings

from audit.events import REGISTRY, Event, internal_names, kinds, names_of, told

for config in apps.get_app_configs():
    if config.path.startswith(str(settings.BASE_DIR)) and find_spec(f"{config.name}.events"):
        import_module(f"{config.name}.events")

STRIPE = "sub_1QabcDEF"
SAMPLES: dict[str, Any] = {
    "int": 7,
    "bool": True,
    "str": "past_due",
    "list[str]": ["teams:write", "audit:read"],
    "dict[str, str]": {"name": "Ada"},
}
NAMED: dict[str, str] = {
    "subscription": STRIPE,
    "subscriptions": f"{STRIPE}, sub_2",
    "grace_ends": "2027-03-02T10:00:00+00:00",
    "until": "2027-03-02T10:00:00+00:00",
    "closes_at": "2027-03-02T10:00:00+00:00",
    "frees_at": "2027-03-02T10:00:00+00:00",
    "effective_at": "2027-03-02T10:00:00+00:00",
    "expires_at": "2027-03-02T10:00:00+00:00",
    "role": "billing_manager",
}
FREE = frozenset(
    {"organization", "community", "team", "name", "project", "token", "host", "hint"}
    | {"display_name", "before", "after", "place", "because", "form", "interval"}
    | {"field", "why", "stays", "lost", "released", "external_id", "url"}
)
"""Fields that hold what people typed, or words already: where a sentence names no way to write
them, they are told as they are.
"""


def a_sample(kind: type[Event]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return facts and words of an event with something in every field."""
    given = {}
    for field in fields(kind):
        if field.default is not MISSING or field.default_factory is not MISSING:
            continue
        of = str(getattr(field.type, "__name__", field.type))
        if field.name in NAMED:
            given[field.name] = NAMED[field.name]
        elif field.name in kind.personal and of == "str":
            given[field.name] = f"the {field.name.replace('_', ' ')} of Grace"
        elif field.name in FREE and f"{{{field.name}:words}}" not in kind.sentence:
            given[field.name] = f"some {field.name.replace('_', ' ')}"
        else:
            given[field.name] = SAMPLES.get(of, SAMPLES["str"])
    return kind(**given).facts()


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_every_event_says_its_sentence(name: str) -> None:
    kind = REGISTRY[name]
    facts, words = a_sample(kind)

    whole = told(name, {**facts, **words}, actor="Ada")

    assert "{" not in whole.replace("{'name': 'Ada'}", "")
    assert "(erased)" not in whole
    assert whole[0].isupper() or whole.startswith(("the ", "some "))
    assert not whole.endswith(".")
    assert kind.personal <= {field.name for field in fields(kind)}
    assert name.count(".") == 1


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_every_event_says_its_sentence_without_its_erased_words(name: str) -> None:
    facts, words = a_sample(REGISTRY[name])

    erased = told(name, facts, actor="(erased)")

    assert erased
    assert "{" not in erased
    assert "Grace" not in erased
    if any(str(word) in told(name, {**facts, **words}, actor="Ada") for word in words.values()):
        assert "(erased)" in erased


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_no_sentence_carries_an_id_of_stripe_a_code_or_a_machine_time(name: str) -> None:
    """Red without ``:words`` and ``:date`` in the sentences."""
    facts, words = a_sample(REGISTRY[name])

    whole = told(name, {**facts, **words}, actor="Ada")

    assert not re.search(r"\b(sub|cus|cs|in|price|prod|evt)_\w", whole), whole
    assert "_" not in whole, whole
    assert not re.search(r"\d{4}-\d{2}-\d{2}", whole), whole


def test_facts_are_written_as_people_say_them() -> None:
    facts = {"subscription": STRIPE, "grace_ends": "2027-03-02T10:00:00+00:00"}

    assert told("subscription.payment_failed", facts, actor="system") == (
        "A payment failed; everything stays open until 2 March 2027"
    )
    roles = {"member": "snake_case", "before": "member", "after": "billing_manager"}
    assert told("member.role_changed", roles, actor="Ada") == (
        "Ada changed the role of snake_case from member to billing manager"
    )
    assert told("grant.given", {"kind": "community"}, actor="Ada") == (
        "Ada gave a community grant until (erased)"
    )


def test_events_are_found_by_name_and_by_first_word() -> None:
    assert names_of("team.created") == ["team.created"]
    assert names_of("team") == kinds()["team"]
    assert set(names_of("team")) >= {"team.created", "team.deleted", "team.member_added"}
    assert names_of("made.up") == ["made.up"]


def test_what_only_reviewers_are_told_is_marked() -> None:
    assert set(internal_names()) >= {
        "application.claimed",
        "application.decided",
        "application.decision_voided",
        "application.note_added",
        "application.released",
    }
