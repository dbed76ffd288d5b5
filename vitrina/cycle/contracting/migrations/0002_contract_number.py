# SPDX-License-Identifier: Apache-2.0
"""The counter behind the contract number."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contracting", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE contracting_contract_number", "DROP SEQUENCE contracting_contract_number")
    ]
