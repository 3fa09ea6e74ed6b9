"""What Django cannot say: nothing is ever given to a person whose account was deleted."""

from django.db import migrations

# Waits for a deletion under way, and then sees its end. The column that names the person is told
# by the trigger. No table can hold this itself: it is a condition on another table's row.
MAKE = """
CREATE FUNCTION accounts_refuse_deleted_person() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    person bigint := (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
BEGIN
    IF person IS NOT NULL THEN
        PERFORM FROM accounts_user WHERE id = person AND deleted_at IS NULL FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'account % was deleted', person
                USING ERRCODE = 'check_violation', CONSTRAINT = 'person_is_still_there';
        END IF;
    END IF;
    RETURN NEW;
END $$
"""

HOLD = """
CREATE TRIGGER {table}_for_the_living BEFORE INSERT OR UPDATE OF {column} ON {table}
    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_deleted_person('{column}')
"""
TABLES = {"accounts_personaltoken": "user_id", "accounts_externaluser": "user_id"}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_mail_resets_and_tombstones")]

    operations = [
        migrations.RunSQL(MAKE, "DROP FUNCTION accounts_refuse_deleted_person"),
        *[
            migrations.RunSQL(
                HOLD.format(table=table, column=column),
                f"DROP TRIGGER {table}_for_the_living ON {table}",
            )
            for table, column in TABLES.items()
        ],
    ]
