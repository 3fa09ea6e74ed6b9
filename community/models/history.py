"""What happened to an application, and what reviewers tell each other about it."""

from django.conf import settings
from django.db import models

from community.states import State
from kernel import clock


class Step(models.Model):
    """One change of state. The log tells the same for ever; this is what pages show."""

    application = models.ForeignKey("community.Application", models.CASCADE, related_name="steps")
    before = models.CharField(max_length=20, choices=State)
    after = models.CharField(max_length=20, choices=State)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class Note(models.Model):
    """Words among reviewers; the applicant never sees them."""

    application = models.ForeignKey("community.Application", models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return self.text[:60]
