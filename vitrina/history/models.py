# SPDX-License-Identifier: Apache-2.0
"""What an import leaves beside the ledger: its runs, the rows it knows, the rows it could not read."""

from __future__ import annotations

from django.db import models

from vitrina.compranet import refusals
from vitrina.ledger.models import Entry


class ImportRun(models.Model):
    """One reading of one file. `rows_in == kept + already_there + duplicates + rejected` once it is finished.

    `sha256` is of the decompressed content. A run without `finished_at` was cut short; importing the file again
    goes on where it stood.
    """

    file = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, db_index=True)
    layout = models.CharField(max_length=20)
    encoding = models.CharField(max_length=20)
    rows_in = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0, help_text="rows that became an entry in this run")
    already_there = models.PositiveIntegerField(default=0, help_text="rows that the ledger held before")
    duplicates = models.PositiveIntegerField(default=0, help_text="rows equal to an earlier one of the file")
    rejected = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


class ImportedRow(models.Model):
    """A row that is in the ledger: known by its record's key and the digest of its cells."""

    key = models.CharField(max_length=200)
    row_sha256 = models.CharField(max_length=64)
    layout = models.CharField(max_length=20)
    match_key = models.CharField(max_length=40, blank=True, db_index=True, help_text="of a contract, in any layout")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="imported_row")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "row_sha256"], name="history_row_once")]


class RejectedRow(models.Model):
    """One reason against one row: the column, a code of `refusals.REASONS`, the cell, and the row as it stood."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rejected_rows")
    line = models.PositiveIntegerField(help_text="first physical line, 1-based")
    row = models.PositiveIntegerField(help_text="data row, 1-based")
    field = models.CharField(max_length=120, blank=True, help_text="header name; empty for the whole row")
    reason = models.CharField(max_length=40)
    value = models.CharField(max_length=120, blank=True)
    limit = models.CharField(max_length=20, blank=True)
    text = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["run", "line"], name="history_rejected_line")]

    def sentence(self, language: str = "es") -> str:
        """What is wrong, one sentence in Spanish (`es`) or English (`en`)."""
        return refusals.sentence(self.reason, language, field=self.field, value=self.value, limit=self.limit)

    def mend(self, language: str = "es") -> str:
        """How to mend it, one sentence."""
        return refusals.mend(self.reason, language)
