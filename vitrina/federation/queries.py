# SPDX-License-Identifier: Apache-2.0
"""What pages and indexes ask of the members."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from django.db.models import Count, Max, Q

from .models import Member, Purchase

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Standing:
    """A member; how many of its purchases are shown, how many could not be read, the instant of its last act."""

    member: Member
    n: int
    n_refused: int
    last_at: object


def standings() -> list[Standing]:
    """Every member, by name."""
    refused = Q(purchases__told__has_key="refused")
    shown = Q(purchases__told__has_key="ocid")
    rows = Member.objects.filter(removed_at=None).annotate(
        n=Count("purchases", filter=shown), n_refused=Count("purchases", filter=refused),
        last_at=Max("purchases__at", filter=shown),
    )  # fmt: skip
    return [Standing(m, m.n, m.n_refused, m.last_at) for m in rows.order_by("name", "key")]


def members_by_key(keys: Sequence[str]) -> dict[str, Member]:
    """The members with these keys."""
    return Member.objects.in_bulk(set(keys))


def page_of(member: Member, ocid: str) -> str:
    """The address of a purchase at its own installation; never one that what it published says."""
    return f"{member.url}p/{quote(ocid, safe='')}/"


def last_change() -> int:
    """The number of the last change of any purchase; 0 while there is none."""
    return Purchase.objects.aggregate(last=Max("change"))["last"] or 0


def changed(after: int, until: int) -> Iterator[Purchase]:
    """Purchases that changed after one change and up to another, each as it is now, with its member."""
    rows = Purchase.objects.filter(change__gt=after, change__lte=until).select_related("member")
    return rows.order_by("change", "id").iterator(AT_ONCE)
