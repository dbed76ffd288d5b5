# SPDX-License-Identifier: Apache-2.0
"""Canaries: until the opening nothing but the envelope table knows what a bid says, or tells that there is one.

Looked at: every table, the feed, releases, records, the export, the queries of every stage, every address of the
site read by the public in both languages and by six people of other offices, and the logs. After the opening the same search must find
the canaries, or it searches in the wrong places.
"""

import json
import logging
import re
from importlib import import_module

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import RoutePattern, URLPattern

from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, bid, offer, pdf
from tests.worlds.clarifying import reach_clarifying
from tests.worlds.opening import hold_act
from tests.worlds.tendering import OPENING
from vitrina.cycle import STAGES
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding.queries import bids_of_supplier
from vitrina.cycle.core.models import Process, StoredFile
from vitrina.cycle.core.steps import FORMS
from vitrina.kernel.money import Money
from vitrina.ledger import feed
from vitrina.ledger.export import export
from vitrina.ledger.models import Entry, Record, Release
from vitrina.ledger.sequencer import catch_up
from vitrina.parties.models import Supplier
from vitrina.parties.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)
QUANTITY = 412000
UNIT_PRICES = ("39.77", "46.19")  # of suppliers 1 and 2: no one else writes these figures
WORDS = ("CANARIO-RESPUESTA", "CANARIO-TITULO", "canario-archivo", "CANARIO-CONTENIDO")
READERS = (None, Role.OFFICER, Role.OIC, Role.AUDITOR, Role.EVALUATOR, Role.APPROVER, "rival")


RIVAL: dict[str, object] = {}  # the person of another bidder, found in the world


def spellings(price):
    """A price and its amount as a page, a release or a row may write them."""
    amount = Money.parse(price).times(QUANTITY)
    pesos = amount.centavos // 100
    return [price, str(amount), f"{amount.decimal:,.2f}", str(amount.centavos), str(pesos), f"{pesos:,}"]


CANARIES = [s for price in UNIT_PRICES for s in spellings(price)] + list(WORDS)


def found_in(text):
    return [c for c in CANARIES if re.search(rf"(?<![0-9]){re.escape(c)}(?![0-9])", text)]


def tables_with_canaries():
    """Name of every table of the database one of whose rows holds a canary."""
    names = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            if any(found_in(row) for (row,) in cursor.fetchall()):
                names.append(table)
    return set(names)


def data_outputs(tmp_path):
    """What a machine can read: feed, releases, records, export."""
    out = tmp_path / f"export-{Entry.objects.count()}"
    export(out)
    yield "feed", json.dumps(feed.page(0, 1000), ensure_ascii=False)
    yield "releases", "\n".join(Release.objects.order_by("position").values_list("body", flat=True))
    yield "records", json.dumps(list(Record.objects.values_list("compiled", flat=True)), ensure_ascii=False)
    for file in sorted(out.iterdir()):
        yield file.name, file.read_text(encoding="utf-8")


def query_outputs(process):
    """What each stage's queries answer when they are asked for the process, at the hour before the opening."""
    for stage in STAGES:
        module = import_module(f"vitrina.cycle.{stage}.queries")
        for name, function in vars(module).items():
            if not callable(function) or getattr(function, "__module__", "") != module.__name__ or name[0] == "_":
                continue
            for arguments in ((process,), (process, RECEIVED), (process, 1)):
                try:
                    yield f"{stage}.{name}", repr(function(*arguments))
                except Exception:
                    continue


def routes(patterns=None, prefix=""):
    """Every address template of the site, `{name: converter}` left in it."""
    for p in get_resolver().url_patterns if patterns is None else patterns:
        part = str(p.pattern) if isinstance(p.pattern, RoutePattern) else ""
        if isinstance(p, URLPattern):
            yield prefix + part
        else:
            yield from routes(p.url_patterns, prefix + part)


def addresses(process, documents):
    """Every address with what a curious reader would put into it."""
    values = {
        "ocid": [process.ocid],
        "command": list(FORMS),
        "key": [process.unit_id, process.buyer_id, *Supplier.objects.values_list("key", flat=True)],
        "position": [str(e["position"]) for e in feed.page(0, 1000)["entries"] if e["visibility"] == "blinded"][-3:],
        "sha256": documents,
        "token": ["0" * 32],
        "release_id": list(Entry.objects.filter(kind="bid.received").values_list("release_id", flat=True)),
    }
    for route in dict.fromkeys(routes()):
        names = re.findall(r"<(?:\w+:)?(\w+)>", route)
        found = [route]
        for name in names:
            choices = values.get(name, ["1"])
            found = [re.sub(rf"<(?:\w+:)?{name}>", v, f, count=1) for f in found for v in choices]
        for path in found:
            yield f"/{path}"
            if not path.startswith(("api/", "healthz", "documentos/", "cuenta/")):
                yield f"/en/{path}"


def client_of(w, reader):
    client = Client(raise_request_exception=False)
    if reader is not None:
        person = w.people[reader] if reader != "rival" else RIVAL["person"]
        client.force_login(get_user_model().objects.get(pk=person.user_id))
    return client


def leaks_in_pages(w, process, documents, readers=READERS):
    """(reader, address, canaries) of each page that tells one."""
    paths = list(addresses(process, documents))
    assert len(paths) > 60, "the walk no longer finds the site's addresses"
    leaks, answered = [], 0
    for reader in readers:
        client = client_of(w, reader)
        for path in paths:
            if "logout" in path or (reader and path.startswith("/en/")):
                continue
            response = client.get(path)
            answered += response.status_code == 200
            body = b"".join(response.streaming_content) if response.streaming else response.content
            if found := found_in(body.decode("utf-8", "replace")):
                leaks.append((str(reader), path, found))
    assert answered > 40, "hardly any page answered: the search proves nothing"
    return leaks


def hand_in(w, process):
    """Two bids full of canaries, the first one replacing an earlier one."""
    bid(w, process, 1, "45.00", at=RECEIVED)
    for who, price in zip((1, 2), UNIT_PRICES, strict=True):
        arguments = offer(process, price)
        arguments["responses"][1] = "CANARIO-RESPUESTA"
        file = pdf(f"CANARIO-CONTENIDO {who}")
        file.name = "canario-archivo.pdf"
        documents = [("CANARIO-TITULO", file)]
        bidding.submit(w.suppliers[who], process.ocid, at=RECEIVED, documents=documents, **arguments)


def public_shape(tmp_path):
    """What the public reads, without the blinded statements: it must not change when a bid comes in."""
    shape = {name: text for name, text in data_outputs(tmp_path) if name in {"releases", "records", "releases.jsonl"}}
    shape["feed"] = [
        {k: v for k, v in e.items() if k != "position"} for e in feed.page(0, 1000)["entries"] if "body" in e
    ]
    return shape


def test_until_the_opening_only_the_envelopes_know_what_the_bids_say(tmp_path, clock, caplog):
    caplog.set_level(logging.DEBUG)
    w = world()
    RIVAL["person"] = next(
        p for p in _people() if p.appointments.filter(supplier=w.suppliers[0].supplier_key).exists()
    )
    process = reach_clarifying(w)
    clock.set(RECEIVED)
    catch_up()
    before, row = public_shape(tmp_path), Process.objects.filter(pk=process.pk).values().get()

    hand_in(w, process)
    catch_up()

    documents = list(StoredFile.objects.filter(is_public=False).values_list("sha256", flat=True))
    assert len(documents) == 2
    assert tables_with_canaries() == {"bidding_envelope"}
    assert [name for name, text in data_outputs(tmp_path) if found_in(text)] == []
    assert [name for name, text in query_outputs(process) if found_in(text)] == []
    assert [r for r in map(str, bids_of_supplier(w.suppliers[1].supplier_key)) if found_in(r)] == []
    assert leaks_in_pages(w, process, documents) == []
    assert found_in(caplog.text) == []
    # nor does anything tell that there are bids, or whose
    assert public_shape(tmp_path) == before
    assert Process.objects.filter(pk=process.pk).values().get() == row
    blinded = [e for e in feed.page(0, 1000)["entries"] if "body" not in e]
    assert all(set(e) == {"position", "visibility", "digest"} for e in blinded)
    # the same search finds them as soon as the act has opened the envelopes
    clock.set(OPENING)
    hold_act(w, process)
    catch_up()
    assert {"bidding_envelope", "ledger_entry", "ledger_release", "ledger_record"} <= tables_with_canaries()
    assert {"feed", "releases", "records", "feed.jsonl"} <= {n for n, text in data_outputs(tmp_path) if found_in(text)}
    assert "bidding.opened_bids" in {name for name, text in query_outputs(process) if found_in(text)}
    public = {path for _reader, path, _found in leaks_in_pages(w, process, documents, readers=[None])}
    assert f"/p/{process.ocid}/" in public
    assert {f"/documentos/{sha256}" for sha256 in documents} <= public


def _people():
    from vitrina.parties.models import Person

    return Person.objects.all()


def test_the_desk_keeps_no_draft_of_a_bid(clock):
    w = world()
    process = reach_clarifying(w)
    clock.set(RECEIVED)
    RIVAL["person"] = next(
        p for p in _people() if p.appointments.filter(supplier=w.suppliers[1].supplier_key).exists()
    )
    client = client_of(w, "rival")
    typed = {"price_1": UNIT_PRICES[0], "response_1": "CANARIO-RESPUESTA"}
    for path in (f"/mi-espacio/compra/{process.ocid}/bidding.submit/borrador/",
                 f"/mi-espacio/compra/{process.ocid}/bidding.submit/"):  # fmt: skip
        client.post(path, typed | {"save_draft": "1"})
    assert tables_with_canaries() == set()
