"""What Django cannot say: a team and its member are of one organization, and no billing manager is in a team."""

from django.db import migrations

HOLD = [
    """
ALTER TABLE orgs_teammembership
    ADD CONSTRAINT team_membership_team_of_organization
    FOREIGN KEY (organization_id, team_id) REFERENCES orgs_team (organization_id, id)
    ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT team_membership_member_of_organization
    FOREIGN KEY (organization_id, membership_id) REFERENCES orgs_membership (organization_id, id)
    ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
""",
    """
CREATE FUNCTION orgs_no_billing_manager_in_team() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM orgs_teammembership tm JOIN orgs_membership m ON m.id = tm.membership_id
                WHERE m.id = CASE TG_TABLE_NAME WHEN 'orgs_membership' THEN NEW.id
                                  ELSE (to_jsonb(NEW) ->> 'membership_id')::bigint END
                  AND m.role = 'billing_manager') THEN
        RAISE EXCEPTION 'billing managers are in no team' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
""",
    """
CREATE CONSTRAINT TRIGGER orgs_no_billing_manager_joins_team AFTER INSERT OR UPDATE
    ON orgs_teammembership DEFERRABLE INITIALLY IMMEDIATE
    FOR EACH ROW EXECUTE FUNCTION orgs_no_billing_manager_in_team()
""",
    """
CREATE CONSTRAINT TRIGGER orgs_no_team_member_becomes_billing_manager AFTER UPDATE OF role
    ON orgs_membership DEFERRABLE INITIALLY IMMEDIATE
    FOR EACH ROW EXECUTE FUNCTION orgs_no_billing_manager_in_team()
""",
]

RELEASE = [
    "DROP TRIGGER orgs_no_team_member_becomes_billing_manager ON orgs_membership",
    "DROP TRIGGER orgs_no_billing_manager_joins_team ON orgs_teammembership",
    "DROP FUNCTION orgs_no_billing_manager_in_team()",
    """
ALTER TABLE orgs_teammembership
    DROP CONSTRAINT team_membership_team_of_organization,
    DROP CONSTRAINT team_membership_member_of_organization
""",
]


class Migration(migrations.Migration):
    dependencies = [("orgs", "0001_initial")]

    operations = [migrations.RunSQL(HOLD, RELEASE)]
