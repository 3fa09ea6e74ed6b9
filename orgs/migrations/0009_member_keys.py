"""What Django cannot say: a member's keys are always the account's name and address, in lower case."""

from django.db import migrations

KEEP = [
    # Waits for whoever is renaming the account, so that no key is made of a name that is going.
    """
CREATE FUNCTION orgs_keys_of_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT left(lower(u.name), 100), lower(u.email) INTO NEW.name_key, NEW.email_key
      FROM accounts_user u WHERE u.id = NEW.user_id FOR SHARE;
    NEW.name_key := coalesce(NEW.name_key, '');
    NEW.email_key := coalesce(NEW.email_key, '');
    RETURN NEW;
END $$
""",
    """
CREATE TRIGGER orgs_member_has_keys BEFORE INSERT OR UPDATE OF user_id, name_key, email_key
    ON orgs_membership FOR EACH ROW EXECUTE FUNCTION orgs_keys_of_member()
""",
    """
CREATE FUNCTION orgs_keys_follow_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE orgs_membership SET name_key = left(lower(NEW.name), 100), email_key = lower(NEW.email)
     WHERE user_id = NEW.id;
    RETURN NULL;
END $$
""",
    """
CREATE TRIGGER orgs_keys_follow_account AFTER UPDATE OF name, email ON accounts_user
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.email IS DISTINCT FROM NEW.email)
    EXECUTE FUNCTION orgs_keys_follow_account()
""",
    """
UPDATE orgs_membership m SET name_key = left(lower(u.name), 100), email_key = lower(u.email)
  FROM accounts_user u WHERE u.id = m.user_id
""",
]

RELEASE = [
    "DROP TRIGGER orgs_keys_follow_account ON accounts_user",
    "DROP FUNCTION orgs_keys_follow_account()",
    "DROP TRIGGER orgs_member_has_keys ON orgs_membership",
    "DROP FUNCTION orgs_keys_of_member()",
]


class Migration(migrations.Migration):
    dependencies = [("orgs", "0008_people")]

    operations = [migrations.RunSQL(KEEP, RELEASE)]
