# SPDX-License-Identifier: Apache-2.0
"""Where the acts of a purchase can be read: each is a public paper of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from vitrina.ledger.models import Position

WANTED = (
    "call.published", "clarification.closed", "opening.closed", "evaluation.concluded", "ruling.issued",
    "contract.signed", "contract.amended", "contract.terminated", "tender.suspended", "goods.accepted",
    "invoice.approved", "invoice.received", "purchase.completed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Acts:
    """The acts of one purchase that the formats ask about, in their order: kind, number, event, name of who acted."""

    told: list[tuple[str, int, Any, str]] = field(default_factory=list)

    def last(self, kind: str, contract: str = "") -> tuple[int, Any, str] | None:
        """The last act of a kind, of one contract where it is named; nothing when there is none."""
        found = [(n, e, who) for k, n, e, who in self.told if k == kind and contract in {"", contract_of(e)}]
        return found[-1] if found else None

    def url(self, kind: str, contract: str = "") -> str:
        """Address of the paper of the last act of a kind; empty when there is none."""
        found = self.last(kind, contract)
        return f"{settings.PUBLIC_URL}/actos/{found[0]}.pdf" if found else ""

    def invoices(self, contract: str) -> list[Any]:
        """The invoices of a contract that were verified, as they came."""
        verified = {e.invoice for k, _, e, _ in self.told if k == "invoice.approved"}
        came = [e for k, _, e, _ in self.told if k == "invoice.received" and e.contract == contract]
        return [e for e in came if e.invoice in verified]


def contract_of(event: Any) -> str:
    """The contract that an act is about; empty where it is about none."""
    contract = getattr(event, "contract", "")
    return str(getattr(contract, "id", contract))


def acts_of(ocids: Iterable[str]) -> dict[str, Acts]:
    """The acts of purchases, by ocid. One question for all of them."""
    found = {ocid: Acts() for ocid in ocids}
    rows = Position.objects.filter(entry__stream__in=[f"ocid:{o}" for o in found], entry__kind__in=WANTED)
    for row in rows.select_related("entry").order_by("position"):
        entry = row.entry
        if entry.is_public and not entry.is_erased:
            found[entry.ocid].told.append((entry.kind, row.position, entry.event, str(entry.actor.get("name", ""))))
    return found
