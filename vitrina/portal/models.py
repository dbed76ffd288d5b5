# SPDX-License-Identifier: Apache-2.0
"""Projections of the portal: one card for each purchase and each supplier. Never written but by `projection`."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class PurchaseCard(models.Model):
    """What lists and searches need of a purchase; all of it read from its compiled release."""

    ocid = models.CharField(primary_key=True, max_length=120)
    title = models.TextField()
    number = models.CharField(max_length=80, blank=True)
    buyer_key = models.CharField(max_length=40, db_index=True)
    buyer_name = models.CharField(max_length=300)
    unit_key = models.CharField(max_length=40, db_index=True)
    unit_name = models.CharField(max_length=300)
    stage = models.CharField(max_length=20, db_index=True)
    status = models.CharField(max_length=20, db_index=True, help_text="OCDS tender.status")
    method = models.CharField(max_length=20, db_index=True, help_text="OCDS procurementMethod")
    category = models.CharField(max_length=40, db_index=True)
    amount_centavos = models.BigIntegerField(null=True)
    amount_kind = models.CharField(max_length=12, blank=True, help_text="contract, award, budget")
    currency = models.CharField(max_length=3, default="MXN")
    year = models.PositiveSmallIntegerField(db_index=True)
    opening_at = models.DateTimeField(null=True)
    supplier_keys = ArrayField(models.CharField(max_length=60), default=list)
    supplier_names = models.TextField(blank=True)
    is_imported = models.BooleanField(default=False)
    last_position = models.BigIntegerField(db_index=True)
    last_at = models.DateTimeField()

    class Meta:
        indexes = [GinIndex("supplier_keys", name="portal_card_suppliers")]


class SupplierCard(models.Model):
    """A supplier as the public record shows it: how often it bid, won, and for how much."""

    key = models.CharField(primary_key=True, max_length=60)
    name = models.CharField(max_length=300)
    n_bids = models.PositiveIntegerField(default=0)
    n_contracts = models.PositiveIntegerField(default=0)
    total_centavos = models.BigIntegerField(default=0)
    text = models.TextField()


class SupplierShare(models.Model):
    """A supplier's part in one purchase. A supplier's card is the sum of its shares."""

    id = models.CharField(primary_key=True, max_length=181, help_text="ocid and supplier: the same after a rebuild")
    ocid = models.CharField(max_length=120, db_index=True)
    supplier_key = models.CharField(max_length=60, db_index=True)
    name = models.CharField(max_length=300)
    n_bids = models.PositiveIntegerField()
    n_contracts = models.PositiveIntegerField()
    centavos = models.BigIntegerField(help_text="of contracts in pesos that stand")
    position = models.BigIntegerField(help_text="of the purchase's last act; the latest name counts")


class ScheduledAct(models.Model):
    """An act that a purchase foresees or has held, as its entries say (`agenda.schedule.Act`)."""

    id = models.CharField(primary_key=True, max_length=220, help_text="key and ocid: the UID of the act, for ever")
    ocid = models.CharField(max_length=120, db_index=True)
    key = models.CharField(max_length=90)
    kind = models.CharField(max_length=16)
    starts_at = models.DateTimeField(db_index=True)
    announced_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    position = models.BigIntegerField(db_index=True, help_text="entry that changed it last")
    status = models.CharField(max_length=10)
    sequence = models.PositiveIntegerField(help_text="RFC 5545")
    former_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    lot = models.PositiveIntegerField()
    party = models.CharField(max_length=300, blank=True)
