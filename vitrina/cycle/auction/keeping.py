# SPDX-License-Identifier: Apache-2.0
"""The floors that bidders left with the room: sealed rows, and the key file that alone opens them.

The database never holds the key, so that its copies tell nobody's floor. Whoever runs the process with the file can
read them, and the page says so before a floor is left.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings

from vitrina.kernel import ids
from vitrina.kernel.money import Money

from . import acts, box
from .acts import ShownFloor, Told
from .models import Auction

SALT = 32  # characters


def sealed(auction: Auction, alias: str, centavos: int) -> tuple[str, bytes]:
    """(the commitment that the ledger notes, the box that is kept) of a floor."""
    salt = ids.token(SALT)
    commitment = acts.floor_commitment(auction.name, alias, centavos, salt)
    key = _key(make=True)
    return commitment, box.close(key, auction=auction.name, commitment=commitment, centavos=centavos, salt=salt)


def floors_of(auction: Auction) -> dict[str, tuple[int, str]]:
    """Commitment -> (centavos, salt) of each floor that the key opens; the others are missing."""
    rows = list(auction.floors.all())
    if not rows:
        return {}
    found = {}
    for row in rows:
        try:
            key = _key()
            found[row.commitment] = box.opened(key, bytes(row.box), auction=auction.name, commitment=row.commitment)
        except (box.Closed, OSError):
            continue
    return found


def shown_floors(auction: Auction, told: list[Told]) -> list[ShownFloor]:
    """Every floor that was left and can be opened, for the act that lays them open."""
    known = floors_of(auction)
    found = []
    for one in told:
        act = one.act
        if isinstance(act, acts.FloorCommitted) and act.commitment in known:
            centavos, salt = known[act.commitment]
            found.append(ShownFloor(seq=one.seq, alias=act.alias, floor=Money(centavos), salt=salt))
    return found


def _key(*, make: bool = False) -> bytes:
    """The key; with `make` a new one where there is none yet. Errors: `OSError` when it cannot be read."""
    path = Path(settings.FLOOR_KEY)
    if make and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(box.KEY_BYTES))
        except FileExistsError:
            pass  # another process made it meanwhile
    key = path.read_bytes()
    if len(key) != box.KEY_BYTES:
        raise OSError(f"{path} is not a key of {box.KEY_BYTES} bytes")
    return key
