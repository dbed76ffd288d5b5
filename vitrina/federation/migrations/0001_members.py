# SPDX-License-Identifier: Apache-2.0

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ledger", "0003_public_log"),
    ]

    operations = [
        migrations.CreateModel(
            name="Member",
            fields=[
                ("key", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("url", models.CharField(max_length=300)),
                ("name", models.CharField(max_length=200)),
                ("origin", models.CharField(max_length=200)),
                ("policy", models.TextField()),
                ("added_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.TextField(blank=True)),
                ("size", models.BigIntegerField(default=0)),
                ("grew_at", models.DateTimeField(blank=True, null=True)),
                ("verdict", models.CharField(blank=True, max_length=12)),
                ("sentence", models.TextField(blank=True)),
                ("offered", models.TextField(blank=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("held_at", models.DateTimeField(blank=True, help_text="when it held last", null=True)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Purchase",
            fields=[
                (
                    "id",
                    models.CharField(help_text="member and ocid", max_length=290, primary_key=True, serialize=False),
                ),
                ("ocid", models.CharField(max_length=200)),
                ("told", models.JSONField()),
                ("position", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("change", models.BigIntegerField(db_index=True)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="purchases", to="federation.member"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Taken",
            fields=[
                (
                    "id",
                    models.CharField(
                        help_text="member and position", max_length=110, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.BigIntegerField()),
                ("ocid", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.BigIntegerField()),
                ("body_sha256", models.CharField(max_length=64)),
                ("body", models.TextField(blank=True)),
                ("is_withdrawn", models.BooleanField(default=False)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="federation.member"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["member", "ocid"], name="federation_taken_ocid"),
                    models.Index(fields=["member", "sha256"], name="federation_taken_sha"),
                ],
                "constraints": [models.UniqueConstraint(fields=("member", "position"), name="federation_taken_once")],
            },
        ),
    ]
