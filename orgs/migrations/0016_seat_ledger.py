"""The ledger of seats, begun with those who take one now, since they came in; append-only."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.clock

BEGIN = """
INSERT INTO orgs_seatentry (organization_id, user_id, number, is_taken, at)
SELECT organization_id, user_id, 1, true, min(since) FROM (
       SELECT organization_id, user_id, since FROM orgs_membership
        WHERE role IN ('owner', 'manager', 'member')
        UNION ALL
       SELECT project.organization_id, role.user_id, role.since FROM orgs_projectrole role
         JOIN orgs_project project ON project.id = role.project_id
        WHERE project.is_private AND project.organization_id IS NOT NULL) AS holder
 GROUP BY organization_id, user_id ORDER BY min(since), user_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""
GUARD = """
CREATE FUNCTION orgs_refuse_seat_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger of seats is append-only: % is refused', TG_OP
          USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER orgs_seat_ledger_no_change BEFORE UPDATE OR DELETE ON orgs_seatentry
    FOR EACH ROW EXECUTE FUNCTION orgs_refuse_seat_change();
"""
UNGUARD = """
DROP TRIGGER orgs_seat_ledger_no_change ON orgs_seatentry;
DROP FUNCTION orgs_refuse_seat_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0015_burned_names_are_nobodys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SeatEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("is_taken", models.BooleanField()),
                ("at", models.DateTimeField(default=kernel.clock.now, editable=False)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="orgs.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "seat entries",
                "indexes": [models.Index(fields=["organization", "-id"], name="seat_entry_latest")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "user", "number"), name="seat_entry_numbered"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_taken", True), ("number__gt", 0)),
                            models.Q(("is_taken", False), ("number__gt", 1)),
                            _connector="OR",
                        ),
                        name="seat_entry_begins_with_taking",
                    ),
                ],
            },
        ),
        migrations.RunSQL(BEGIN, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
