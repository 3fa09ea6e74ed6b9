"""Which deployment this database belongs to."""

from django.db import models


class Deployment(models.Model):
    """The one row that ties the database to a deployment's name and to Stripe's mode, and names our
    portal.

    A copy of the database that runs under another name finds the difference, and the gateway then
    refuses every write: a staging clone with live keys moves no money.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(max_length=80)
    live_mode = models.BooleanField()
    portal_configuration = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="deployment_is_one")]

    def __str__(self) -> str:
        return self.name
