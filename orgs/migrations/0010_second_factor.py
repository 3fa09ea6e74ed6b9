"""An organization may demand a second factor of its members."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orgs", "0009_member_keys"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="requires_second_factor",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
