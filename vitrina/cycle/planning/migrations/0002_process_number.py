# SPDX-License-Identifier: Apache-2.0
"""The counter behind the process number in an ocid."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("planning", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE planning_process_number", "DROP SEQUENCE planning_process_number")
    ]
