# SPDX-License-Identifier: Apache-2.0
"""Sealed envelopes in place of bids in clear: a bid that was in clear cannot be sealed afterwards."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bidding", "0001_initial"),
        ("core", "0002_act_signature"),
        ("ledger", "0003_public_log"),
        ("parties", "0003_opener_keys"),
        ("tendering", "0002_openers"),
    ]

    operations = [
        migrations.DeleteModel("Envelope"),
        migrations.DeleteModel("Bid"),
        migrations.CreateModel(
            name="Envelope",
            fields=[
                (
                    "c",
                    models.CharField(
                        help_text="digest of the signed object", max_length=64, primary_key=True, serialize=False
                    ),
                ),
                (
                    "locked",
                    models.JSONField(
                        help_text="object, signature and instant, locked to the openers (sealed.custody)"
                    ),
                ),
                ("files", models.JSONField(default=list, help_text="ciphertexts: [{sha256, size, parts: [sha256]}]")),
                ("state", models.CharField(default="closed", max_length=12)),
                ("object", models.TextField(blank=True, help_text="the signed object, canonical JSON")),
                ("signature", models.JSONField(help_text="its signature record, public view", null=True)),
                (
                    "entry",
                    models.OneToOneField(
                        help_text="its blinded entry",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.entry",
                    ),
                ),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.process"
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.supplier"
                    ),
                ),
            ],
            options={
                "ordering": ["entry_id"],
            },
        ),
        migrations.CreateModel(
            name="Decoy",
            fields=[
                ("c", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("reveal_by", models.CharField(max_length=7)),
                ("salt", models.CharField(max_length=64)),
                ("due_at", models.DateTimeField()),
                ("is_revealed", models.BooleanField(default=False)),
                (
                    "entry",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
                    ),
                ),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.process"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Unsealed",
            fields=[
                (
                    "envelope",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="unsealed",
                        serialize=False,
                        to="bidding.envelope",
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=20)),
                ("detail", models.TextField(blank=True)),
                ("identity", models.CharField(blank=True, help_text="age identity of the envelope", max_length=90)),
                ("content", models.JSONField(help_text="offer, answers and documents", null=True)),
                (
                    "share_audit",
                    models.JSONField(default=list, help_text="for each place whether the bidder dealt a true share"),
                ),
                ("by_backup", models.BooleanField(default=False, help_text="opened with the bidder's own key")),
            ],
        ),
        migrations.CreateModel(
            name="PostedShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.CharField(max_length=8)),
                ("share", models.CharField(help_text="33 bytes, base64", max_length=44)),
                ("is_true", models.BooleanField()),
                (
                    "envelope",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="bidding.envelope"
                    ),
                ),
                (
                    "opener",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tendering.opener"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("opener", "envelope", "round"), name="bidding_share_once")
                ],
            },
        ),
    ]
