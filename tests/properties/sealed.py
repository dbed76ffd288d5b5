# SPDX-License-Identifier: Apache-2.0
"""Arguments of the commands of sealed bids: what a supplier's, an opener's and an officer's machine would send now.

`kept` of the world holds what the suppliers keep. Who takes an opener's place is one of the `understudies`, whose keys
are made here.
"""

from __future__ import annotations

import base64
import tempfile
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pyrage

from tests.worlds.base import World, local
from tests.worlds.bidding import offer, seal, signed
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding import envelope, vault
from vitrina.cycle.bidding.models import Envelope
from vitrina.cycle.bidding.reception import month_after
from vitrina.cycle.tendering.openers import panel_for_seal
from vitrina.cycle.tendering.queries import openers_of, tender_of
from vitrina.parties import commands as parties
from vitrina.parties.actors import Actor, actor_of
from vitrina.parties.models import Supplier
from vitrina.parties.openers import commands as opener_keys
from vitrina.parties.openers.queries import key_of
from vitrina.parties.roles import Role
from vitrina.sealed import client
from vitrina.sealed.errors import SealedError
from vitrina.sealed.keys import identity, new_secret
from vitrina.sealed.opening import decrypt_share
from vitrina.site.demo import keys as demo_keys

PRICES = ("47.13", "39.77", "52.91")  # of bids; nobody else writes these figures
NOTHING = "0" * 64
READY: list[Actor] = []  # the understudies of the world of this test
FILES: dict[str, bytes] = {}  # ciphertexts by digest
OWN: dict[str, str] = {recipient: secret for secret, recipient, _locked in demo_keys.KEYS.values()}


def understudies(w: World) -> list[Actor]:
    """A second person for each office that opens, with a proven key; from now on they may take a place."""
    found: list[Actor] = []
    for role in (Role.OFFICER, Role.OIC, Role.WITNESS):
        person = parties.register_person(email=f"{role}-2@vitrina.example", given_name="Segunda", surname=role.title())
        actor = actor_of(parties.appoint(at=local(2020, 1, 2), person=person, role=role, unit=w.buyer))
        own = pyrage.x25519.Identity.generate()
        recipient, locked = str(own.to_public()), demo_keys.KEYS[role][2]
        opener_keys.register_key(actor, at=local(2020, 1, 3), recipient=recipient, locked=locked)
        answer = pyrage.decrypt(base64.b64decode(opener_keys.new_challenge(actor)), [own]).decode()
        opener_keys.prove_key(actor, at=local(2020, 1, 3), answer=answer)
        OWN[recipient] = str(own)
        found.append(actor)
    READY[:] = found
    return found


def replace_opener(c: Any) -> dict[str, Any]:
    rows = openers_of(c.process)
    place = rows[c.n % len(rows)] if rows else None
    role = place.role if place else Role.OIC
    taken = {o.person_id for o in rows}
    able = [p for p in READY if p.role == role and p.person_id not in taken]
    person = able[0].person_id if able else c.w[Role.OIC].person_id
    return {"place": place.x if place else 1, "person_id": person, "reason": "Licencia médica."}


def bidder(c: Any) -> Actor:
    return c.actor if c.actor is not None and c.actor.supplier_key else c.w.suppliers[0]


def own_bids(c: Any) -> list[client.Sealed]:
    """The bids of a supplier that the purchase has received, as the supplier keeps them."""
    rfc = _rfc(bidder(c).supplier_key)
    mine = {k: s for k, s in c.w.kept.items() if s.manifest.ocid == c.process.ocid}
    rows = Envelope.objects.filter(c__in=mine).order_by("entry_id").values_list("c", flat=True)
    return [mine[k] for k in rows if mine[k].manifest.supplier == rfc]


@cache
def _rfc(key: str) -> str:
    return Supplier.objects.get(key=key).rfc


def sealed(c: Any, replaces: str | None = None) -> client.Sealed:
    """A bid that the supplier seals now; it is in `c.w.kept`, its ciphertexts in `FILES`."""
    if tender_of(c.process) is None:  # there is nothing to seal to: it was sealed for another purchase
        return next(iter(c.w.kept.values()), None) or _nothing(c)
    lots = {1} if c.n % 4 == 0 else None
    with tempfile.TemporaryDirectory() as folder:
        said = offer(c.process, PRICES[c.n % len(PRICES)], lots=lots)
        found = seal(bidder(c), c.process, said, replaces=replaces, out=Path(folder))
        FILES.update({f.sha256: p.read_bytes() for f, p in zip(found.manifest.files, found.files, strict=True)})
    c.w.kept[found.c] = found
    return found


def _nothing(c: Any) -> client.Sealed:
    """An envelope of a purchase that does not exist, sealed to the demonstration's openers."""
    panel = [{"id": f"ll-{role}", "recipient": key[1]} for role, key in demo_keys.KEYS.items()]
    with tempfile.TemporaryDirectory() as folder:
        return client.seal(
            [], None, ocid="ocds-xs7k2n-nadie", lot=None, envelope="economica", supplier=_rfc(bidder(c).supplier_key),
            panel=panel, k=2, reveal_by="2020-11", out=Path(folder),
        )  # fmt: skip


def follow(c: Any, entry: Any) -> None:
    """What a supplier does after its bid was logged: it sends the files, unless the line is cut."""
    row = envelope.find(entry.event.c)
    if row is None or c.n % 8 == 7:
        return
    for part in vault.missing(row.files):
        bidding.receive_part(row.c, part, BytesIO(FILES[part]), at=c.at)


def submit(c: Any) -> dict[str, Any]:
    former = own_bids(c)
    replaces = former[-1] if former and c.n % 3 else None
    found = sealed(c, replaces.c if replaces else None)
    return _signed(c, found.manifest_bytes, replaces)


def withdraw(c: Any) -> dict[str, Any]:
    former = (own_bids(c) or [sealed(c)])[-1 - c.n % 2 :][0]
    return _signed(c, client.withdraw(former.manifest, _month(c, former)), former)


def redeal(c: Any) -> dict[str, Any]:
    former, panel = (own_bids(c) or [sealed(c)])[-1], panel_for_seal(c.process)
    x = 1 + c.n % len(former.manifest.shares)
    opener = panel[x - 1] if panel else {"id": "ll-nadie", "recipient": demo_keys.KEYS[Role.OIC][1]}
    return _signed(c, client.redeal(former.manifest, former.identity, x, opener, _month(c, former)), former)


def _month(c: Any, former: client.Sealed) -> str:
    """The month that the reception asks for today: the deadline may have moved since the bid was sealed."""
    tender = tender_of(c.process)
    return month_after(tender.opening_at) if tender else former.manifest.reveal_by


def _signed(c: Any, data: bytes, former: client.Sealed | None) -> dict[str, Any]:
    previous = former.manifest_bytes if former else None
    return {"data": data, "claim": signed(bidder(c), data, c.at), "previous": previous}


def give_shares(c: Any) -> dict[str, Any]:
    """The shares that are asked for now: true ones, mostly."""
    opener = next((o for o in openers_of(c.process) if c.actor and o.person_id == c.actor.person_id), None)
    for round_name in envelope.ROUNDS:
        if opener and (wanted := envelope.wanted_of(opener, round_name)):
            return {"round": round_name, "shares": {one.c: _share(c, one.age) for one in wanted}}
    return {"round": envelope.ROUNDS[c.n % 2], "shares": {NOTHING: b"\1" * 33}}


def _share(c: Any, age: str) -> bytes:
    secret = OWN.get(key_of(c.actor.person_id).recipient, "") if key_of(c.actor.person_id) else ""
    try:
        share = decrypt_share(secret, age)
    except SealedError:
        return b""
    if c.n % 7 == 6:
        return bytes([share[0] ^ 1]) + share[1:]
    return b"" if c.n % 13 == 12 else share


def present_backup(c: Any) -> dict[str, Any]:
    mine = own_bids(c)
    found = mine[-1 - c.n % len(mine)] if mine else sealed(c)
    key = identity(new_secret()) if c.n % 5 == 4 else found.identity
    return {"data": found.manifest_bytes, "identity": key, "claim": signed(bidder(c), found.manifest_bytes, c.at)}
