"""What a reviewer wants to know, and what the applicant says."""

from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel import clock


class QuestionQuerySet(models.QuerySet["Question"]):
    """Questions by whether they are answered."""

    def open(self) -> Self:
        """Those without an answer."""
        return self.filter(answered_at__isnull=True)


class Question(models.Model):
    """One question, with its one answer; an answer is given once."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    application = models.ForeignKey(
        "community.Application", models.CASCADE, related_name="questions"
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField()
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="question_asks_something"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="")
                | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="question_answered_in_words",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
