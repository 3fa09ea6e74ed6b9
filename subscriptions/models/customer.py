"""Which customers at Stripe are ours."""

from django.db import models
from django.db.models import Q

from kernel import clock


class StripeCustomer(models.Model):
    """Every customer an organization ever had; one is current, old ones map for ever.

    ``email`` and ``purchase_order`` are what Stripe shows, as the look with ``fence`` saw it.
    """

    organization = models.ForeignKey(
        "orgs.Organization", models.PROTECT, related_name="stripe_customers"
    )
    customer_id = models.CharField(max_length=255, unique=True)
    is_current = models.BooleanField(default=True)
    since = models.DateTimeField(default=clock.now, editable=False)
    email = models.CharField(max_length=512, blank=True)
    purchase_order = models.CharField(max_length=140, blank=True)
    fence = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(is_current=True),
                name="stripe_customer_one_current",
            ),
        ]

    def __str__(self) -> str:
        return self.customer_id


class UnknownCustomer(models.Model):
    """A customer of the same Stripe account that no organization of ours has; looked at once."""

    class Verdict(models.TextChoices):
        """Whose it is."""

        FOREIGN = "foreign"
        OWNERLESS = "ownerless"

    customer_id = models.CharField(max_length=255, unique=True)
    verdict = models.CharField(max_length=16, choices=Verdict)
    seen_at = models.DateTimeField(default=clock.wall, editable=False)

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.verdict}"
