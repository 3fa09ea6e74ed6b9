"""How a host calls a person."""

from django.db import models


class ExternalUser(models.Model):
    """A host's own id for a person; unique for each host, and changed by that host alone."""

    host = models.ForeignKey("accounts.Host", models.CASCADE, related_name="external_users")
    external_id = models.CharField(max_length=200)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="external_ids")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["host", "external_id"], name="external_user_one_per_id")
        ]

    def __str__(self) -> str:
        return f"{self.external_id} at {self.host_id}"
