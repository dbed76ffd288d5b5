# SPDX-License-Identifier: Apache-2.0
"""The index of this installation's purchases: derived from the projection of the portal, on each machine by itself.

Whoever searches finds what the projection holds: before an answer, the purchases that changed since the index was
written are written again. Several processes may try; one does it, the others answer with what is there. An index that
is ahead of the ledger, or of another ledger, is built anew. Each takes `state.json` for where it stands.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from vitrina.ledger.erasing import BodyErased
from vitrina.ledger.models import Cursor, Position, Record
from vitrina.parties.models import Unit
from vitrina.parties.places import STATES
from vitrina.portal.models import PurchaseCard
from vitrina.search.entry import Entry, of_ledger
from vitrina.search.folder import Busy, Folder
from vitrina.search.opened import Open
from vitrina.search.places import place

log = logging.getLogger(__name__)
BATCH = 1000  # purchases that are written at once
AT_ONCE = 5000  # acts behind the ledger up to which a reader waits
_STREAM = "ocid:"
_WORDS = 4000  # letters of a purchase's further texts
_writing = threading.Lock()


def opened() -> Open:
    """The index as it is, after what it lacked was written."""
    folder = _folder(Path(settings.SEARCH_DIR) / "live" / str(connection.settings_dict["NAME"]))
    catch_up(folder)
    return folder.open()


def opened_at() -> tuple[Open, int]:
    """The index as it is, and the position of the ledger up to which it holds everything (and perhaps more)."""
    folder = _folder(Path(settings.SEARCH_DIR) / "live" / str(connection.settings_dict["NAME"]))
    catch_up(folder)
    reached = _known(folder.state())  # read first: whoever writes marks where it stands after it has written
    return folder.open(), reached


@cache
def _folder(path: Path) -> Folder:
    return Folder(path)


def catch_up(folder: Folder) -> None:
    """Write what the index lacks; a long way is gone beside the answers."""
    head, digest = _head()
    state = folder.state()
    if (state.get("position"), state.get("digest")) == (head, digest):
        return
    done = _known(state)
    if head - done <= AT_ONCE:
        _write(folder, done, head, digest)
    elif not _writing.locked():
        threading.Thread(target=_beside, args=(folder, done, head, digest), daemon=True).start()


def _beside(folder: Folder, done: int, head: int, digest: str) -> None:
    try:
        _write(folder, done, head, digest)
    except Exception:
        log.exception("the index of purchases could not be written")
    finally:
        connection.close()


def _head() -> tuple[int, str]:
    """Where the portal's projection stands, and the digest of the entry there."""
    head = Cursor.objects.filter(projection="portal").values_list("position", flat=True).first() or 0
    return head, _digest(head)


def _digest(position: int) -> str:
    return Position.objects.filter(position=position).values_list("entry__digest", flat=True).first() or ""


def _known(state: dict[str, Any]) -> int:
    """The position up to which the index holds this ledger; 0 when it is of none, or of another."""
    position = state.get("position", 0)
    return position if position and _digest(position) == state.get("digest") else 0


def _write(folder: Folder, done: int, head: int, digest: str) -> None:
    """Bring the index from one position to another. Who finds another at it lets it be.

    After a content was withdrawn the index is made anew: what was deleted of it would lie in its files for a while.
    """
    if not _writing.acquire(blocking=not done):
        return
    try:
        if folder.state().get("digest") == digest:
            return  # somebody else was faster
        if done and _between(done, head).filter(entry__kind=BodyErased.kind).exists():
            done = 0
        with folder.writing() as writer:
            if not done:
                writer.delete_all_documents()
            for ocids in _batches(done, head):
                found = list(entries(ocids))
                Folder.replace(writer, found, set(ocids) - {one.id for one in found})
        folder.mark(position=head, digest=digest)
    except Busy:
        log.info("another process writes the index of purchases")
    finally:
        _writing.release()


def _between(done: int, head: int) -> QuerySet[Position]:
    return Position.objects.filter(position__gt=done, position__lte=head)


def _batches(done: int, head: int) -> Iterator[list[str]]:
    """The ocids of public acts in between, in batches; of the whole ledger, those that have a card."""
    if done:
        rows = _between(done, head).filter(entry__visibility="public")
        streams = rows.filter(entry__stream__startswith=_STREAM).values_list("entry__stream", flat=True)
        ocids = iter(sorted({stream.removeprefix(_STREAM) for stream in streams}))
    else:
        ocids = iter(PurchaseCard.objects.order_by("ocid").values_list("ocid", flat=True))
    while batch := list(islice(ocids, BATCH)):
        yield batch


def entries(ocids: Sequence[str]) -> Iterator[Entry]:
    """The purchases among these that the portal shows, as entries."""
    cards = PurchaseCard.objects.in_bulk(ocids)
    records = dict(Record.objects.filter(ocid__in=cards).values_list("ocid", "compiled"))
    states = dict(Unit.objects.filter(key__in={c.unit_key for c in cards.values()}).values_list("key", "state"))
    for ocid, card in cards.items():
        yield of_purchase(card, records.get(ocid, {}), STATES.get(states.get(card.unit_key, ""), ""))


def of_purchase(card: PurchaseCard, compiled: dict[str, Any], state: str) -> Entry:
    """A purchase as an entry. The page reads its card; the index keeps only what it must to find it."""
    tender = compiled.get("tender", {})
    where = place(state or _region(compiled))
    parties = [p for p in compiled.get("parties", []) if {"tenderer", "supplier"} & set(p.get("roles", ()))]
    items = tender.get("items", [])
    texts = [card.buyer_name, card.unit_name, state, tender.get("description", ""), card.supplier_names]
    texts += [p.get("name", "") for p in parties] + [i.get("description", "") for i in items]
    kept = tuple(dict.fromkeys(t[:_WORDS] for t in texts if t))
    contracts = [str(c.get("id", "")) for c in compiled.get("contracts", [])]
    return Entry(
        id=card.ocid, title=card.title, texts=kept, numbers=(card.number, *contracts),
        body={"kind": "purchase", "ocid": card.ocid, "title": card.title, "texts": kept, "place": where},
        codes=(card.ocid, *card.supplier_keys, *(str(i.get("id", "")) for p in parties for i in _identifiers(p)),
               *(str(i["classification"].get("id", "")) for i in items if i.get("classification"))),
        status=card.status, method=card.method, category=card.category, place=where,
        buyer_key=card.buyer_key, buyer_name=card.buyer_name, year=card.year, order=of_ledger(card.last_position),
        centavos=card.amount_centavos if card.currency == "MXN" else None,
        contracted=card.amount_centavos or 0 if (card.amount_kind, card.currency) == ("contract", "MXN") else 0,
    )  # fmt: skip


def _identifiers(party: dict[str, Any]) -> list[dict[str, Any]]:
    return [i for i in [party.get("identifier"), *party.get("additionalIdentifiers", [])] if i]


def _region(compiled: dict[str, Any]) -> str:
    """The state of the buyer's address, where its release tells one."""
    regions = (p.get("address", {}).get("region", "") for p in compiled.get("parties", [])
               if {"buyer", "procuringEntity"} & set(p.get("roles", ())))  # fmt: skip
    return next(filter(None, regions), "")
