# SPDX-License-Identifier: Apache-2.0
"""Projections of the flow of funds. Never written but by `projection`. Amounts are centavos of pesos."""

from __future__ import annotations

from django.db import models


class FundedPurchase(models.Model):
    """A purchase with its budget line, as the last act of its plan says."""

    ocid = models.CharField(primary_key=True, max_length=120)
    title = models.TextField()
    buyer_key = models.CharField(max_length=40, db_index=True)
    buyer_name = models.CharField(max_length=300)
    unit_key = models.CharField(max_length=40, db_index=True)
    unit_name = models.CharField(max_length=300)
    year = models.PositiveSmallIntegerField(db_index=True, help_text="fiscal year of the budget line")
    budget_key = models.CharField(max_length=20, db_index=True, help_text="partida")
    programme_key = models.CharField(max_length=20, db_index=True)
    portfolio_key = models.CharField(max_length=20)
    is_over = models.BooleanField()
    planned_by = models.BigIntegerField(help_text="position of the act that planned it")


class FundedContract(models.Model):
    """A contract in force or ended, as its last act says."""

    id = models.CharField(primary_key=True, max_length=20)
    purchase = models.ForeignKey(
        FundedPurchase, on_delete=models.CASCADE, db_constraint=False, related_name="contracts"
    )
    award = models.CharField(max_length=40)
    title = models.TextField()
    supplier_key = models.CharField(max_length=60, db_index=True)
    supplier_name = models.CharField(max_length=300)
    starts_on = models.DateField()
    ends_on = models.DateField()
    is_ended = models.BooleanField(help_text="before its time")


class Posting(models.Model):
    """What one act moves in one account (`postings.ACCOUNTS`). The sum of an account is its figure today."""

    id = models.CharField(primary_key=True, max_length=40, help_text="position and number: the same after a rebuild")
    position = models.BigIntegerField(db_index=True)
    purchase = models.ForeignKey(
        FundedPurchase, on_delete=models.CASCADE, db_constraint=False, related_name="postings"
    )
    contract = models.CharField(max_length=20, db_index=True, help_text="empty before there is one")
    account = models.CharField(max_length=12, db_index=True)
    ref = models.CharField(max_length=40, help_text="receipt or invoice")
    centavos = models.BigIntegerField()
    at = models.DateTimeField()


class Due(models.Model):
    """Something owed by a day and not done yet: goods, a decision on them, the check of an invoice, a payment."""

    id = models.CharField(primary_key=True, max_length=200)
    purchase = models.ForeignKey(FundedPurchase, on_delete=models.CASCADE, db_constraint=False, related_name="dues")
    contract = models.CharField(max_length=20, db_index=True)
    kind = models.CharField(max_length=12, help_text="postings.DUES")
    ref = models.CharField(max_length=40)
    position = models.BigIntegerField(help_text="the act from which it is owed")
    centavos = models.BigIntegerField(help_text="goods without VAT; invoices and payments with it, less penalties")
    due_on = models.DateField(null=True, help_text="empty: the law's term is not recorded")
    closes_at = models.DateTimeField(null=True, db_index=True)
    article = models.CharField(max_length=120, help_text="of the law, or empty where the contract sets the day")
    law = models.CharField(max_length=40)
    certainty = models.CharField(max_length=1)


class Arrival(models.Model):
    """Goods that arrived at a place, in time or not, and what became of them."""

    id = models.CharField(primary_key=True, max_length=26, help_text="of the receipt")
    purchase = models.ForeignKey(
        FundedPurchase, on_delete=models.CASCADE, db_constraint=False, related_name="arrivals"
    )
    contract = models.CharField(max_length=20, db_index=True)
    position = models.BigIntegerField()
    received_on = models.DateField()
    late_days = models.PositiveIntegerField()
    state = models.CharField(max_length=10, help_text="arrived, accepted, rejected")
    centavos = models.BigIntegerField()
    penalty_centavos = models.BigIntegerField()


class WorkReport(models.Model):
    """A report of progress as its act tells it. Shares in points, 0 to 100; amounts without VAT."""

    id = models.CharField(primary_key=True, max_length=30, help_text="contract and number")
    ocid = models.CharField(max_length=120, db_index=True)
    contract = models.CharField(max_length=20, db_index=True)
    number = models.PositiveSmallIntegerField()
    position = models.BigIntegerField()
    at = models.DateTimeField()
    cutoff_on = models.DateField()
    planned = models.DecimalField(max_digits=5, decimal_places=2)
    actual = models.DecimalField(max_digits=5, decimal_places=2)
    authorised_centavos = models.BigIntegerField()
    value_centavos = models.BigIntegerField(help_text="of the contract on that day")
    place = models.CharField(max_length=200)
    latitude = models.DecimalField(max_digits=9, decimal_places=6)
    longitude = models.DecimalField(max_digits=9, decimal_places=6)
    note = models.TextField()
    photos = models.JSONField(help_text="list of sha256, alt, taken_on")
