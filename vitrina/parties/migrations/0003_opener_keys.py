# SPDX-License-Identifier: Apache-2.0

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_public_log"),
        ("parties", "0002_signatures"),
    ]

    operations = [
        migrations.CreateModel(
            name="OpenerKey",
            fields=[
                (
                    "id",
                    models.CharField(
                        help_text="as manifests name it", max_length=30, primary_key=True, serialize=False
                    ),
                ),
                ("recipient", models.CharField(help_text="age X25519 recipient", max_length=80, unique=True)),
                ("locked", models.TextField()),
                ("registered_at", models.DateTimeField()),
                (
                    "proven_at",
                    models.DateTimeField(blank=True, help_text="when its recovery sheet was shown to work", null=True),
                ),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "challenge",
                    models.CharField(
                        blank=True, help_text="SHA-256 of the token to be read with the sheet", max_length=64
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="opener_keys", to="parties.person"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at__isnull", True)),
                        fields=("person",),
                        name="parties_opener_key_one_in_use",
                    )
                ],
            },
        ),
    ]
