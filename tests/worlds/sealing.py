# SPDX-License-Identifier: Apache-2.0
"""Sealed bids taken apart: what a supplier's or an opener's machine does, and what one that cheats would do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.worlds.base import World
from tests.worlds.bidding import RECEIVED, offer, seal, signed
from tests.worlds.opening import KEYS
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding import envelope
from vitrina.cycle.bidding.models import Envelope
from vitrina.cycle.core.models import Process
from vitrina.cycle.opening import commands as opening
from vitrina.cycle.tendering.queries import openers_of
from vitrina.kernel.canonical import canonical
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor
from vitrina.parties.models import Supplier
from vitrina.parties.roles import Role
from vitrina.sealed import client, objects
from vitrina.sealed.opening import decrypt_share
from vitrina.site.demo.authority import demo_claim
from vitrina.site.demo.keys import identity_of

LAST = OPENING - timedelta(microseconds=1)


def sealed_by(
    w: World, process: Process, who: int, price: str = "51.30", *, out: Path, **more: Any
) -> client.Sealed:  # fmt: skip
    """A bid of supplier number `who` that nobody has received yet; its ciphertexts lie in `out`."""
    return seal(w.suppliers[who], process, offer(process, price), out=out, **more)


def changed(data: bytes, **changes: Any) -> bytes:
    """A signed object with other values, in canonical form; `...` takes a member away."""
    found = json.loads(data) | changes
    return canonical({name: value for name, value in found.items() if value is not ...})


def submit(
    w: World, process: Process, who: int, data: bytes, *, at: datetime = RECEIVED, previous: bytes | None = None,
    claim: Any = None,
) -> Entry:  # fmt: skip
    """Have a manifest logged for supplier number `who`, who signs whatever it says."""
    actor = w.suppliers[who]
    claim = signed_as(actor, data, at) if claim is None else claim
    return bidding.submit(actor, process.ocid, at=at, data=data, claim=claim, previous=previous)


def signed_as(actor: Actor, data: bytes, at: datetime, kind: str = "sobre/v1") -> dict[str, Any]:
    """The signature of an actor over bytes that need be no object of the format."""
    try:
        return signed(actor, data, at)
    except (ValueError, KeyError):
        rfc = Supplier.objects.get(key=actor.supplier_key).rfc
        return demo_claim(rfc, payload_type=objects.PAYLOAD_TYPES[kind], body=data, at=at)


def rows_of(process: Process) -> list[Envelope]:
    """The envelopes of a purchase, in the order of the log."""
    return list(Envelope.objects.filter(process=process).order_by("entry_id"))


def states_of(process: Process) -> list[str]:
    """The states of its envelopes, in the order of the log."""
    return [row.state for row in rows_of(process)]


def asked(w: World, process: Process, role: Role, round_name: str) -> dict[str, bytes]:
    """The true shares that a round asks of an opener, by digest of the envelope."""
    actor = w[role]
    opener = next(o for o in openers_of(process) if o.person_id == actor.person_id)
    identity = identity_of(actor)
    return {wanted.c: decrypt_share(identity, wanted.age) for wanted in envelope.wanted_of(opener, round_name)}


def give(
    w: World, process: Process, role: Role, round_name: str, shares: Mapping[str, bytes] | None = None, *,
    at: datetime = KEYS,
) -> Entry | None:  # fmt: skip
    """An opener gives shares: the true ones unless others are given; nothing where nothing is asked."""
    shares = asked(w, process, role, round_name) if shares is None else shares
    if not shares:
        return None
    return opening.give_shares(w[role], process.ocid, at=at, round=round_name, shares=shares)


def flipped(share: bytes) -> bytes:
    """A share with one bit changed: false, and of the right shape."""
    return bytes([share[0] ^ 1]) + share[1:]


def kinds_of(process: Process) -> list[str]:
    """The kinds of a purchase's public entries, in order."""
    return list(Entry.objects.filter(stream=process.stream).order_by("seq").values_list("kind", flat=True))


def event_of(process: Process, kind: str) -> Any:
    """The last event of a kind in a purchase."""
    return Entry.objects.filter(stream=process.stream, kind=kind).order_by("seq").last().event


def events_of(process: Process, kind: str) -> list[Any]:
    """Every event of a kind in a purchase, in order."""
    return [e.event for e in Entry.objects.filter(stream=process.stream, kind=kind).order_by("seq")]
