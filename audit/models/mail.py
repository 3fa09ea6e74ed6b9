"""Which mails went out."""

from django.db import models

from kernel import clock


class SentMail(models.Model):
    """One mail to one recipient about one event; the key keeps it from being sent twice.

    ``begun_at`` is when somebody last began to send it, ``sent_at`` when the mail server had it:
    one that was begun and never handed over is begun again.
    """

    key = models.CharField(max_length=200, unique=True)
    begun_at = models.DateTimeField(default=clock.wall, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return self.key
