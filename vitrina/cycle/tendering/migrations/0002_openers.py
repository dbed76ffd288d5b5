# SPDX-License-Identifier: Apache-2.0

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_act_signature"),
        ("parties", "0003_opener_keys"),
        ("tendering", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="tender",
            name="threshold",
            field=models.PositiveSmallIntegerField(default=0, help_text="how many openers open the envelopes (k)"),
        ),
        migrations.CreateModel(
            name="Opener",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("x", models.PositiveSmallIntegerField()),
                ("role", models.CharField(max_length=12)),
                ("name", models.CharField(max_length=250)),
                ("body", models.CharField(help_text="the office that they stand for", max_length=250)),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.openerkey"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.person"
                    ),
                ),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="openers", to="core.process"
                    ),
                ),
            ],
            options={
                "ordering": ["x"],
                "constraints": [
                    models.UniqueConstraint(fields=("process", "x"), name="tendering_opener_place"),
                    models.UniqueConstraint(fields=("process", "person"), name="tendering_opener_once"),
                ],
            },
        ),
    ]
