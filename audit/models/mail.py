"""Which mail went out."""

from django.db import models

from kernel import clock


class SentMail(models.Model):
    """One mail to one recipient about one event; the key keeps it from being sent twice."""

    key = models.CharField(max_length=200, unique=True)
    sent_at = models.DateTimeField(default=clock.wall, editable=False)

    def __str__(self) -> str:
        return self.key
