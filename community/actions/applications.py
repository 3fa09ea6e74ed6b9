"""What an applicant does: write, submit, change, withdraw, appeal."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit.record import record
from community import events
from community.models import Application
from community.moves import check_move, claim_name, hold_name, move, require_room
from community.policy import require_applicant
from community.refusals import AppealSpent, ChangedMeanwhile, Incomplete, NotEditable, WordsMissing
from community.states import State
from kernel import clock
from kernel.actor import Actor
from kernel.refusals import Invalid
from orgs.names import NAME_RULE, is_well_formed, normalized, skeleton
from orgs.refusals import NameMalformed

FIELDS: dict[str, str] = {
    "name": "the name",
    "display_name": "the display name",
    "url": "the site",
    "description": "the description",
    "intended_use": "what it is for",
    "people": "how many people",
    "repository_url": "the repository",
    "license_url": "the license",
    "maintainers": "who else maintains it",
}
"""What an applicant writes, with words for people."""

_FIXED = {field.name for field in Application._meta.concrete_fields} - set(FIELDS)
"""What no applicant writes."""

REQUIRED = ("name", "display_name", "url", "description", "intended_use", "people")


@transaction.atomic
def begin_application(*, applicant: User, actor: Actor, **fields: Any) -> Application:
    """Keep a draft, of which little is asked yet. Refuses with NameMalformed."""
    require_applicant(actor)
    application = Application(applicant=applicant)
    _write(application, fields)
    application.save()
    record(
        events.ApplicationDrafted(application_id=application.pk, community=str(application)),
        actor=actor,
        about=subjects(application),
    )
    return application


@transaction.atomic
def edit_application(*, application: Application, actor: Actor, **fields: Any) -> Application:
    """Change what the applicant wrote, until somebody reads it; what is the same is no change.

    Locks the new name, then the application. Refuses with NotEditable, Incomplete, NameMalformed
    or NameRefused.
    """
    require_applicant(actor, application)
    application = Application.objects.get(pk=application.pk)
    wanted = str(fields.get("name") or application.name).strip()
    held = wanted if application.is_undecided else ""
    if held:
        hold_name(application, held)
    application = Application.objects.lock(application.pk)
    if not application.is_editable:
        raise NotEditable(_why_not_editable(application))
    if application.is_undecided and wanted != held:
        raise ChangedMeanwhile
    before = {field: str(getattr(application, field) or "") for field in FIELDS}
    _write(application, fields)
    after = {field: str(getattr(application, field) or "") for field in FIELDS}
    changed = [field for field in FIELDS if before[field] != after[field]]
    if not changed:
        return application
    application.save()
    if application.is_undecided:
        _require_complete(application)
        claim_name(application)
    record(
        events.ApplicationEdited(
            application_id=application.pk,
            community=str(application),
            fields=", ".join(FIELDS[field] for field in changed),
            before={field: before[field] for field in changed},
            after={field: after[field] for field in changed},
        ),
        actor=actor,
        about=subjects(application),
    )
    return application


@transaction.atomic
def submit_application(*, application: Application, actor: Actor) -> Application:
    """Put a draft into the queue; twice is once.

    Competing for a name is allowed. Locks the name, the applicant, the application. Refuses with
    Incomplete, NameRefused, TooManyUndecided or IllegalTransition.
    """
    require_applicant(actor, application)
    application = Application.objects.get(pk=application.pk)
    if application.state == State.SUBMITTED:
        return application
    _require_draft(application)
    _require_complete(application)
    name = application.name
    hold_name(application, name)
    require_room(application.applicant_id)
    application = Application.objects.lock(application.pk)
    if application.state == State.SUBMITTED:
        return application
    if application.name != name:
        raise ChangedMeanwhile
    _require_draft(application)
    _require_complete(application)
    application.submitted_at = application.queued_at = clock.now()
    move(application, State.SUBMITTED, actor=actor)
    claim_name(application)
    record(
        events.ApplicationSubmitted(application_id=application.pk, community=str(application)),
        actor=actor,
        about=subjects(application),
    )
    return application


@transaction.atomic
def withdraw_application(*, application: Application, actor: Actor) -> Application:
    """Take an application back at any time before its outcome; twice is once.

    A decision that waits to be carried out is void with it. Locks the application.
    Refuses with IllegalTransition.
    """
    require_applicant(actor, application)
    application = Application.objects.lock(application.pk)
    if application.state == State.WITHDRAWN:
        return application
    before = application.state
    application.decisions.pending().update(
        voided_at=clock.now(), void_because="The applicant withdrew the application."
    )
    move(application, State.WITHDRAWN, actor=actor)
    record(
        events.ApplicationWithdrawn(
            application_id=application.pk, community=str(application), before=before
        ),
        actor=actor,
        about=subjects(application),
    )
    return application


@transaction.atomic
def appeal_decision(
    *, application: Application, actor: Actor, words: str, name: str = ""
) -> Application:
    """Ask another reviewer to look at what was declined, once; a name that is gone is replaced.

    Locks the name, the applicant, the application. Refuses with AppealSpent, NameRefused,
    TooManyUndecided, WordsMissing or IllegalTransition.
    """
    require_applicant(actor, application)
    if not words.strip():
        raise WordsMissing("Say what the reviewer should look at again.", field="words")
    application = Application.objects.get(pk=application.pk)
    if application.state == State.APPEALED:
        return application
    _require_appealable(application)
    wanted = name.strip() or application.name
    hold_name(application, wanted)
    require_room(application.applicant_id)
    application = Application.objects.lock(application.pk)
    if application.state == State.APPEALED:
        return application
    _require_appealable(application)
    _rename(application, wanted)
    application.appeal = words.strip()
    application.appealed_at = application.queued_at = clock.now()
    move(application, State.APPEALED, actor=actor)
    claim_name(application)
    record(
        events.ApplicationAppealed(
            application_id=application.pk, community=str(application), words=application.appeal
        ),
        actor=actor,
        about=subjects(application),
    )
    return application


def subjects(application: Application) -> list[str]:
    """Return what every event of an application is about: itself, and its applicant."""
    return [f"application:{application.pk}", f"user:{application.applicant_id}"]


def _write(application: Application, fields: Mapping[str, Any]) -> None:
    for field in FIELDS:
        if field not in fields:
            continue
        value = fields[field]
        if isinstance(value, str):
            value = value.replace("\x00", "").strip()
        setattr(application, field, value)
    _rename(application, application.name)
    try:
        application.clean_fields(exclude=_FIXED)
    except ValidationError as fault:
        field, sentences = next(iter(fault.message_dict.items()))
        raise Invalid(sentences[0], field=field) from None


def _rename(application: Application, name: str) -> None:
    if name and not is_well_formed(name):
        raise NameMalformed(NAME_RULE, field="name")
    application.name = name
    application.normalized_name = normalized(name)
    application.skeleton = skeleton(name)


def _require_complete(application: Application) -> None:
    for field in REQUIRED:
        if not getattr(application, field):
            raise Incomplete(f"Fill in {FIELDS[field]} before you submit.", field=field)


def _require_draft(application: Application) -> None:
    """Reviewers too put applications back into the queue; an applicant only a draft."""
    check_move(application, State.SUBMITTED)
    if application.state != State.DRAFT:
        raise NotEditable(_why_not_editable(application))


def _require_appealable(application: Application) -> None:
    check_move(application, State.APPEALED)
    if application.appealed_at is not None:
        raise AppealSpent


def _why_not_editable(application: Application) -> str:
    if application.state == State.CLAIMED:
        return "A reviewer is reading it now. You can withdraw it, or wait for their questions."
    if application.state == State.NEEDS_INFORMATION:
        return "A reviewer asked you something. Your answers reach them at once."
    return f"It is {application.get_state_display().lower()}, so it stays as it is."
