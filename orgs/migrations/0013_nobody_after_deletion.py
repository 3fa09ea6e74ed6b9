"""Nothing is given to a person whose account was deleted; accounts tells why, and how."""

from django.db import migrations

HOLD = """
CREATE TRIGGER {table}_for_the_living BEFORE INSERT OR UPDATE OF {column} ON {table}
    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_deleted_person('{column}')
"""
TABLES = {
    "orgs_membership": "user_id",
    "orgs_projectrole": "user_id",
    "orgs_project": "owner_id",
    "orgs_invitation": "user_id",
    "orgs_projecttransfer": "to_user_id",
}


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_nobody_after_deletion"),
        ("orgs", "0012_mails_of_a_person"),
    ]

    operations = [
        migrations.RunSQL(
            HOLD.format(table=table, column=column),
            f"DROP TRIGGER {table}_for_the_living ON {table}",
        )
        for table, column in TABLES.items()
    ]
