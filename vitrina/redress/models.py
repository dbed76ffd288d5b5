# SPDX-License-Identifier: Apache-2.0
"""Sanctions that this installation has published. Written only by `commands`."""

from __future__ import annotations

from django.db import models


class Sanction(models.Model):
    """A sanction and whether it stands; what it says is in the entry of its publication."""

    id = models.CharField(primary_key=True, max_length=60)
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
