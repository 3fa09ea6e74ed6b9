"""What Django cannot say: a grant joins a team and a project of one organization."""

from django.db import migrations

HOLD = """
ALTER TABLE orgs_teamgrant
    ADD CONSTRAINT team_grant_team_of_organization
    FOREIGN KEY (organization_id, team_id) REFERENCES orgs_team (organization_id, id)
    ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT team_grant_project_of_organization
    FOREIGN KEY (organization_id, project_id) REFERENCES orgs_project (organization_id, id)
    ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
"""

RELEASE = """
ALTER TABLE orgs_teamgrant
    DROP CONSTRAINT team_grant_team_of_organization,
    DROP CONSTRAINT team_grant_project_of_organization
"""


class Migration(migrations.Migration):
    dependencies = [("orgs", "0003_projects")]

    operations = [migrations.RunSQL(HOLD, RELEASE)]
