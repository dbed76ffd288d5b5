# SPDX-License-Identifier: Apache-2.0
"""What anyone can read, searched for what nobody may read yet; and a fingerprint of everything that is kept."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator

import psycopg
from django.apps import apps
from django.db import connection
from django.test import Client

from tests.properties.arguments import PRICES
from tests.worlds.research import SOURCES
from vitrina.cycle.bidding.models import Envelope
from vitrina.cycle.core.models import Process
from vitrina.kernel.money import Money
from vitrina.ledger import feed
from vitrina.ledger.models import Entry, Record, Release
from vitrina.portal.models import PurchaseCard

QUANTITY = 412_000  # of the first item of every purchase of the worlds
UNIT_PRICES = (*PRICES, *(price for _kind, _origin, price in SOURCES))


def spellings(price: str) -> Iterator[str]:
    """A unit price and its amount as a page, a release or a row may write them."""
    amount = Money.parse(price).times(QUANTITY)
    pesos = amount.centavos // 100
    yield from (price, str(amount), f"{amount.decimal:,.2f}", str(amount.centavos), str(pesos), f"{pesos:,}")


_SECRETS = re.compile("|".join(rf"(?<![0-9]){re.escape(s)}(?![0-9])" for p in UNIT_PRICES for s in spellings(p)))


def secrets_in(text: str) -> list[str]:
    """The bid prices and researched prices that a text tells."""
    return _SECRETS.findall(text)


def told_by(entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    """What entries tell as soon as they are written: body, sentence, detail."""
    for entry in entries:
        if entry.is_public:
            yield entry.kind, entry.body + entry.event.sentence() + entry.event.detail()
        else:
            yield entry.kind, json.dumps(feed.statement(1, entry))


def row_of(process: Process) -> str:
    """The row of a purchase."""
    return json.dumps(Process.objects.filter(ocid=process.ocid).values().get(), default=str, ensure_ascii=False)


def is_closed(process: Process) -> bool:
    """Whether no row of an envelope of a purchase says what is in it or who sent it."""
    rows = Envelope.objects.filter(process=process)
    return not rows.exclude(state="closed", object="", signature=None, supplier=None).exists()


def published(process: Process) -> Iterator[tuple[str, str]]:
    """What the projections tell of a purchase, once the sequencer has placed its entries."""
    own = {"ocid": process.ocid}
    yield "releases", "\n".join(Release.objects.filter(**own).values_list("body", flat=True))
    yield (
        "record",
        json.dumps(list(Record.objects.filter(**own).values_list("compiled", flat=True)), ensure_ascii=False),
    )
    yield "card", json.dumps(list(PurchaseCard.objects.filter(**own).values()), default=str, ensure_ascii=False)


def pages(process: Process) -> Iterator[tuple[str, str]]:
    """What a stranger reads of a purchase."""
    client = Client()
    for path in (f"/p/{process.ocid}/", f"/p/{process.ocid}.atom",
                 f"/api/ocds/records/{process.ocid}"):  # fmt: skip
        response = client.get(path)
        assert response.status_code == 200, f"{path}: {response.status_code}"
        yield path, response.content.decode()


def _kept() -> list[str]:
    labels = {c.label for c in apps.get_app_configs() if c.name.startswith("vitrina.cycle.")}
    return sorted(m._meta.db_table for m in apps.get_models() if m._meta.app_label in labels)


Print = list[tuple[str, int, str]]


@functools.cache
def _question() -> str:
    whole = "SELECT '{0}', count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {0} t"
    heads = "SELECT '{0}', count(*), coalesce(max(id), 0)::text FROM {0}"
    parts = [whole.format(t) for t in [*_kept(), "ledger_stream"]] + [heads.format("ledger_entry")]
    return " UNION ALL ".join(parts)


def fingerprint() -> Print:
    """(table, rows, digest of them) of every table that commands write, the heads of the ledger among them."""
    connection.ensure_connection()
    # prepared: it is asked thousands of times, and to plan it takes longer than to answer it
    return psycopg.Cursor(connection.connection).execute(_question(), prepare=True).fetchall()
