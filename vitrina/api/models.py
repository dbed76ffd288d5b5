# SPDX-License-Identifier: Apache-2.0
"""Projections of the open data. Never written but by their projection."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models


class HarvestedProcess(models.Model):
    """Under which fiscal year, method and category harvesters find a purchase; all read from its compiled release."""

    ocid = models.CharField(primary_key=True, max_length=120)
    year = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=12, blank=True, db_index=True, help_text="OCDS procurementMethod")
    category = models.CharField(max_length=24, blank=True, db_index=True, help_text="EDCA-MX category")
    first_at = models.DateTimeField(help_text="date of its first release")
    last_at = models.DateTimeField(help_text="date of its last release")
    awarded_from = models.DateTimeField(null=True, db_index=True, help_text="date of its first award")
    awarded_until = models.DateTimeField(null=True, help_text="date of its last award")
    position = models.BigIntegerField(help_text="of its last release")

    class Meta:
        indexes = [models.Index(fields=["year", "ocid"], name="api_harvested_year")]


class SearchedProcess(models.Model):
    """The words by which systems of the national digital platform search contracts (S6), folded, a line for each."""

    ocid = models.CharField(primary_key=True, max_length=120)
    method = models.CharField(max_length=12, blank=True)
    award_statuses = ArrayField(models.CharField(max_length=20), default=list)
    titles = models.TextField()
    buyer = models.TextField()
    suppliers = models.TextField()
    items = models.TextField()
    title_order = models.CharField(max_length=250, db_collation="C", help_text="Spanish order, byte by byte")
    buyer_order = models.CharField(max_length=250, db_collation="C", help_text="Spanish order, byte by byte")
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    tenderers = models.IntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["title_order", "ocid"], name="api_searched_title"),
            models.Index(fields=["buyer_order", "ocid"], name="api_searched_buyer"),
            GinIndex(
                *(OpClass(name, name="gin_trgm_ops") for name in ("titles", "buyer", "suppliers", "items")),
                name="api_searched_words",
            ),
        ]
