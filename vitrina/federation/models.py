# SPDX-License-Identifier: Apache-2.0
"""Other installations and what was taken of them. Written only by `commands`."""

from __future__ import annotations

from django.db import models

from .verdicts import HIDDEN


class Member(models.Model):
    """An installation that is shown here too: pinned keys, what its log was when it held, how the last look ended.

    `size` leaves were verified; `note` is the checkpoint over them; `offered` the one that did not hold, as evidence.
    """

    key = models.CharField(primary_key=True, max_length=80)
    url = models.CharField(max_length=300)
    name = models.CharField(max_length=200)
    origin = models.CharField(max_length=200)
    policy = models.TextField()
    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)
    size = models.BigIntegerField(default=0)
    grew_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=12, blank=True)
    sentence = models.TextField(blank=True)
    offered = models.TextField(blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True, help_text="when it held last")

    def __str__(self) -> str:
        return self.name

    @property
    def is_shown(self) -> bool:
        """Whether its purchases are shown: it is a member still, and its log did not fail the last look."""
        return self.removed_at is None and self.verdict not in HIDDEN


class Taken(models.Model):
    """A release that the verified log of a member names, and its bytes once they came. `body_sha256` is that of the
    act behind it: an act that withdraws it names it so.
    """

    id = models.CharField(primary_key=True, max_length=110, help_text="member and position")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="releases")
    position = models.BigIntegerField()
    ocid = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    body_sha256 = models.CharField(max_length=64)
    body = models.TextField(blank=True)
    is_withdrawn = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "position"], name="federation_taken_once")]
        indexes = [
            models.Index(fields=["member", "ocid"], name="federation_taken_ocid"),
            models.Index(fields=["member", "sha256"], name="federation_taken_sha"),
        ]


class Purchase(models.Model):
    """A purchase of a member, compiled of its releases; `told` is what pages may show of it (`shape`).

    `change` counts every change of any of them: who keeps an index of them reads on from there.
    """

    id = models.CharField(primary_key=True, max_length=290, help_text="member and ocid")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="purchases")
    ocid = models.CharField(max_length=200)
    told = models.JSONField()
    position = models.BigIntegerField()
    at = models.DateTimeField()
    change = models.BigIntegerField(db_index=True)
