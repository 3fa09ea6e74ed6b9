"""How a host calls a project."""

from django.db import models


class ExternalProject(models.Model):
    """A host's own id for a project; unique for each host, and changed by that host alone."""

    host = models.ForeignKey("accounts.Host", models.CASCADE, related_name="external_projects")
    external_id = models.CharField(max_length=200)
    project = models.ForeignKey("orgs.Project", models.CASCADE, related_name="external_ids")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["host", "external_id"], name="external_project_one_per_id"
            )
        ]

    def __str__(self) -> str:
        return f"{self.external_id} at {self.host_id}"
