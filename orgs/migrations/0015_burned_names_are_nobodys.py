"""No project bears the name of one that was deleted, however it is written."""

from django.db import migrations

HOLD = """
CREATE FUNCTION orgs_refuse_burned_project_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM orgs_burnedprojectname b
                WHERE b.normalized_name = NEW.normalized_name AND b.released_at IS NULL) THEN
        RAISE EXCEPTION 'the name % is burned', NEW.normalized_name
              USING ERRCODE = 'unique_violation', CONSTRAINT = 'project_name_is_not_burned';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER orgs_project_name_is_not_burned
    AFTER INSERT OR UPDATE OF normalized_name ON orgs_project
    FOR EACH ROW EXECUTE FUNCTION orgs_refuse_burned_project_name();
"""
LET_GO = """
DROP TRIGGER orgs_project_name_is_not_burned ON orgs_project;
DROP FUNCTION orgs_refuse_burned_project_name();
"""


class Migration(migrations.Migration):
    dependencies = [("orgs", "0014_burned_project_names")]

    operations = [migrations.RunSQL(HOLD, LET_GO)]
