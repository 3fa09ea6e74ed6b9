"""The fence: numbers that only rise, taken one at a time so that no connection holds some back."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE subscriptions_fence AS bigint CACHE 1",
            "DROP SEQUENCE subscriptions_fence",
        )
    ]
