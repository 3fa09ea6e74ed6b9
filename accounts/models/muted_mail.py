"""Which kinds of mail somebody does not want."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.mail_kinds import OPTIONAL, MailKind
from kernel import clock


class MutedMail(models.Model):
    """One kind that is not sent: to a person, or to an address behind which there is no account."""

    user = models.ForeignKey("accounts.User", models.CASCADE, null=True, related_name="muted_mail")
    address = models.EmailField(max_length=254, blank=True)
    kind = models.CharField(max_length=16, choices=MailKind)
    since = models.DateTimeField(default=clock.wall, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=Q(user__isnull=False),
                name="muted_mail_once_per_person",
            ),
            models.UniqueConstraint(
                Lower("address"),
                "kind",
                condition=Q(user__isnull=True),
                name="muted_mail_once_per_address",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, address="")
                | (Q(user__isnull=True) & ~Q(address="")),
                name="muted_mail_of_person_or_address",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(OPTIONAL)), name="muted_mail_can_be_muted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.user_id or self.address}"
