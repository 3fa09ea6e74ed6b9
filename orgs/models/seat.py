"""The ledger of seats: who took one, and who gave one back, and when."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from kernel import clock


class SeatEntryQuerySet(models.QuerySet["SeatEntry"]):
    """Entries by what they tell."""

    def current(self) -> Self:
        """The entries by which somebody has a seat now: the last of each person, if it took one."""
        later = SeatEntry.objects.filter(
            organization=OuterRef("organization"),
            user=OuterRef("user"),
            number__gt=OuterRef("number"),
        )
        return self.filter(is_taken=True).filter(~Exists(later))


class SeatEntry(models.Model):
    """One line for each time that a person took a seat or gave it back; append-only.

    ``number`` counts the lines of one person in one organization: the odd ones take, the even ones
    give back, so nobody takes twice. A trigger (made in the migration) refuses any other change.
    """

    organization = models.ForeignKey("orgs.Organization", models.PROTECT, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    is_taken = models.BooleanField()
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = SeatEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "seat entries"
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user", "number"], name="seat_entry_numbered"
            ),
            models.CheckConstraint(
                condition=Q(is_taken=True, number__gt=0) | Q(is_taken=False, number__gt=1),
                name="seat_entry_begins_with_taking",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="seat_entry_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {'takes' if self.is_taken else 'gives back'} a seat"
