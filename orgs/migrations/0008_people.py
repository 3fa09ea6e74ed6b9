"""Invitations to accounts, the mails a day's limits count, and what people are found by."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0007_names_profiles_and_closing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InvitationMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=kernel.clock.wall, editable=False)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="invitation",
            name="invitation_one_open_per_email",
        ),
        migrations.AddField(
            model_name="invitation",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="invitations",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="email_key",
            field=models.TextField(db_collation="C", default="", editable=False),
        ),
        migrations.AddField(
            model_name="membership",
            name="name_key",
            field=models.TextField(db_collation="C", default="", editable=False),
        ),
        migrations.AlterField(
            model_name="invitation",
            name="email",
            field=models.EmailField(blank=True, max_length=254),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(fields=["organization", "role", "id"], name="membership_by_role"),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                fields=["organization", "name_key", "id"], name="membership_by_name"
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                fields=["organization", "email_key", "id"], name="membership_by_email"
            ),
        ),
        migrations.AddIndex(
            model_name="teammembership",
            index=models.Index(fields=["team", "id"], name="team_membership_in_order"),
        ),
        migrations.AddIndex(
            model_name="teammembership",
            index=models.Index(
                condition=models.Q(("is_maintainer", True)),
                fields=["team", "id"],
                name="team_membership_maintainers",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("email"),
                models.F("organization"),
                condition=models.Q(("outcome", ""), ("user__isnull", True)),
                name="invitation_one_open_per_email",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "")),
                fields=("organization", "user"),
                name="invitation_one_open_per_account",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", ""), ("user__isnull", True), _connector="XOR"),
                name="invitation_to_an_address_or_an_account",
            ),
        ),
        migrations.AddField(
            model_name="invitationmail",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="orgs.organization",
            ),
        ),
        migrations.AddField(
            model_name="invitationmail",
            name="sent_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="invitationmail",
            index=models.Index(fields=["organization", "at"], name="invitation_mail_of_house"),
        ),
        migrations.AddIndex(
            model_name="invitationmail",
            index=models.Index(fields=["sent_by", "at"], name="invitation_mail_of_person"),
        ),
    ]
