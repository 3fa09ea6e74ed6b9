"""Nothing is given to a person whose account was deleted; accounts tells why, and how."""

from django.db import migrations

HOLD = """
CREATE TRIGGER {table}_for_the_living BEFORE INSERT OR UPDATE OF {column} ON {table}
    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_deleted_person('{column}')
"""
TABLES = {"community_application": "applicant_id"}


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_nobody_after_deletion"),
        ("community", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            HOLD.format(table=table, column=column),
            f"DROP TRIGGER {table}_for_the_living ON {table}",
        )
        for table, column in TABLES.items()
    ]
