# SPDX-License-Identifier: Apache-2.0
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0003_opener_keys")]

    operations = [
        migrations.CreateModel(
            name="Identity",
            fields=[
                (
                    "unit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="identity",
                        serialize=False,
                        to="parties.unit",
                    ),
                ),
                ("palette", models.JSONField(default=dict)),
                ("logo", models.BinaryField(blank=True, default=b"")),
                (
                    "digest",
                    models.CharField(
                        help_text="SHA-256 of both: addresses of the files change with them", max_length=64
                    ),
                ),
            ],
        ),
    ]
