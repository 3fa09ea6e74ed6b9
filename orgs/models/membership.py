"""A person's place in an organization."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel import clock
from orgs.roles import SEAT_ROLES, Role, takes_seat


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Members by what they are."""

    def owners(self) -> Self:
        """Those who own."""
        return self.filter(role=Role.OWNER)

    def in_seats(self) -> Self:
        """Those who take a seat."""
        return self.filter(role__in=SEAT_ROLES)


class Membership(models.Model):
    """One role for each person in each organization; ``is_public`` is theirs alone to choose."""

    organization = models.ForeignKey(
        "orgs.Organization", models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role)
    is_public = models.BooleanField(default=False)
    since = models.DateTimeField(default=clock.now, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user"], name="membership_one_role_each"
            ),
            models.UniqueConstraint(
                fields=["organization", "id"], name="membership_with_organization"
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="membership_role_is_known"
            ),
        ]
        indexes = [models.Index(fields=["user"], name="membership_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} is {self.role} of {self.organization_id}"

    @property
    def takes_seat(self) -> bool:
        """Whether this member takes a seat."""
        return takes_seat(self.role)
