"""Which event of an application mails whom. One function for each mail; each may run twice."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from audit.mail import send_once
from audit.models import AuditEvent
from community.models import Application, Decision
from community.policy import REVIEW
from community.reasons import REASONS
from orgs.matrix import STAFF_MATRIX


def confirm_submission(event: AuditEvent) -> None:
    """Tell the applicant that it is in the queue, and what comes next."""
    _tell_applicant(event, "application_submitted")


def tell_of_deferral(event: AuditEvent) -> None:
    """Tell the applicant that it was set aside, and why."""
    _tell_applicant(event, "application_deferred", words=event.words.get("words", ""))


def pass_question_on(event: AuditEvent) -> None:
    """Tell the applicant what a reviewer wants to know."""
    _tell_applicant(event, "application_question_asked", words=event.words.get("words", ""))


def pass_answers_on(event: AuditEvent) -> None:
    """Tell the reviewer that the last question is answered; with questions open, nothing yet."""
    application = _application(event)
    reviewer = application.reviewer
    if event.facts["remaining"] or reviewer is None or not _reviews(reviewer):
        return
    context = {
        "application": application,
        "url": _address("staff:application", public_id=application.public_id),
    }
    _send(event, reviewer, "application_question_answered", context)


def tell_of_approval(event: AuditEvent) -> None:
    """Tell the applicant that the organization is there."""
    organization = _application(event).organization
    if organization is None:
        return
    grant = organization.grants.order_by("pk").first()
    _tell_applicant(
        event,
        "application_approved",
        decision=_decision(event),
        organization=organization,
        until=grant.until if grant is not None else None,
        organization_url=_address("orgs:overview", name=organization.name),
    )


def tell_of_decline(event: AuditEvent) -> None:
    """Tell the applicant why not, in the words of this very decision, and what can be done."""
    application, decision = _application(event), _decision(event)
    _tell_applicant(
        event,
        "application_declined",
        decision=decision,
        reason=REASONS[decision.reason],
        may_appeal=application.appealed_at is None,
    )


def _tell_applicant(event: AuditEvent, template: str, **more: Any) -> None:
    application = _application(event)
    if not application.applicant.is_active:
        return
    context = {
        "application": application,
        "url": _address("community:application", public_id=application.public_id),
        **more,
    }
    _send(event, application.applicant, template, context)


def _send(event: AuditEvent, person: User, template: str, context: dict[str, Any]) -> None:
    send_once(f"{event.pk}:user:{person.pk}", person.email, template, context)


def _application(event: AuditEvent) -> Application:
    return Application.objects.select_related("applicant", "reviewer", "organization").get(
        pk=event.facts["application_id"]
    )


def _decision(event: AuditEvent) -> Decision:
    return Decision.objects.get(pk=event.facts["decision_id"])


def _reviews(person: User) -> bool:
    return person.is_active and person.staff_role in STAFF_MATRIX[REVIEW]


def _address(route: str, **names: Any) -> str:
    return f"{settings.BASE_URL}{reverse(route, kwargs=names or None)}"
