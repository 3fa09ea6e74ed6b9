"""What a log can be asked for. All of it stands in the address, so that a view can be kept."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator
from django.utils import timezone

from accounts.models import User
from audit.events import kinds
from audit.queries import LogFilter
from orgs.logs import person_key, subject_key
from orgs.models import Organization, ServiceToken, Team

Choices = Sequence[tuple[str, Any]]


class LogForm(forms.Form):
    """What happened, and when. Whatever cannot be meant is told, and not looked for."""

    def __init__(self, asked: Mapping[str, Any], **more: Any) -> None:
        super().__init__(asked, **more)
        self.fields["event"] = forms.ChoiceField(label="What", required=False, choices=_events())
        self.fields["from"] = _a_day("From")
        self.fields["to"] = _a_day("To")

    def clean(self) -> dict[str, Any]:
        """Refuse a time that ends before it begins."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("from"), cleaned.get("to")
        if first and last and last < first:
            self.add_error("to", "This day is before the one the time begins with.")
        return cleaned

    def wanted(self) -> LogFilter:
        """Return what is looked for, as far as it can be meant."""
        self.is_valid()
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        return LogFilter(
            kind=self.cleaned_data.get("event", ""),
            since=_begins(first) if first else None,
            until=_begins(last + timedelta(days=1)) if last else None,
        )

    def asked(self) -> dict[str, str]:
        """Return what is looked for, as it stands in the address."""
        return {
            name: str(value)
            for name in self.fields
            if (value := self.cleaned_data.get(name)) not in (None, "")
        }


class OrganizationLogForm(LogForm):
    """And who did it, and about what."""

    def __init__(
        self,
        asked: Mapping[str, Any],
        *,
        organization: Organization,
        people: Sequence[User],
        teams: Sequence[Team],
        tokens: Sequence[ServiceToken] = (),
    ) -> None:
        super().__init__(asked)
        self.organization = organization
        persons = [(str(person.public_id), str(person)) for person in people]
        self.fields["who"] = forms.ChoiceField(
            label="Who did it", required=False, choices=[("", "Everybody"), *persons]
        )
        self.fields["about"] = forms.ChoiceField(
            label="About", required=False, choices=_subjects(persons, teams, tokens)
        )
        self.order_fields(["event", "who", "about", "from", "to"])

    def wanted(self) -> LogFilter:
        """Return what is looked for, with people and teams as the log keeps them."""
        common = super().wanted()
        who = self.cleaned_data.get("who")
        return LogFilter(
            kind=common.kind,
            since=common.since,
            until=common.until,
            actor_id=person_key(UUID(who)) if who else None,
            subject=subject_key(self.organization, self.cleaned_data.get("about", "")),
        )


def words_of(name: str) -> str:
    """Write an event's name, or its first word, for people."""
    kind, _, what = name.partition(".")
    return (what or kind).replace("_", " ").capitalize()


def _events() -> Choices:
    groups = [
        (words_of(kind), [(kind, f"{words_of(kind)}: everything"), *_named(names)])
        for kind, names in kinds().items()
    ]
    return [("", "Everything"), *groups]


def _named(names: Sequence[str]) -> Choices:
    return [
        (name, f"{words_of(name.partition('.')[0])}: {words_of(name).lower()}") for name in names
    ]


def _subjects(persons: Choices, teams: Sequence[Team], tokens: Sequence[ServiceToken]) -> Choices:
    groups: list[tuple[str, Any]] = [("", "Anything")]
    if teams:
        groups.append(("Teams", [(f"team:{team.name}", team.name) for team in teams]))
    if tokens:
        named = [(f"service_token:{token.public_id}", str(token)) for token in tokens]
        groups.append(("Service tokens", named))
    groups.append(("People", [(f"user:{key}", words) for key, words in persons]))
    return groups


def _a_day(label: str) -> forms.DateField:
    """Return a field for a day that has a day after it."""
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=[MaxValueValidator(date.max - timedelta(days=1))],
    )


def _begins(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
