# SPDX-License-Identifier: Apache-2.0
"""Canaries: until the opening nobody can read what a bid says, nor who sent one, nor that there is any.

Looked at: every table, every file, the feed, releases, records, the export, the queries of every stage, every address
of the site read by the public in both languages and by six people of other offices, and the logs. After the opening
the same search must find the canaries, or it searches in the wrong places.
"""

import base64
import gzip
import json
import logging
import re
from importlib import import_module
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import RoutePattern, URLPattern

from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, offer, pdf, seal, signed
from tests.worlds.browsing import get, post, send, signed_in, upload
from tests.worlds.clarifying import reach_clarifying
from tests.worlds.opening import hold_act
from tests.worlds.sealing import rows_of
from tests.worlds.tendering import OPENING
from vitrina.api.dumps.make import make
from vitrina.cycle import STAGES
from vitrina.cycle.bidding.models import Envelope
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.steps import FORMS
from vitrina.kernel.money import Money
from vitrina.ledger import feed
from vitrina.ledger.models import Entry, Record, Release
from vitrina.ledger.sequencer import catch_up
from vitrina.parties.models import Supplier
from vitrina.parties.roles import Role, may
from vitrina.sealed import client as sealing

pytestmark = pytest.mark.django_db(transaction=True)
QUANTITY = 412000
UNIT_PRICES = ("39.77", "46.19")  # of suppliers 1 and 2: no one else writes these figures
WORDS = ("CANARIO-RESPUESTA", "CANARIO-TITULO", "canario-archivo", "CANARIO-CONTENIDO")
READERS = (None, Role.OFFICER, Role.OIC, Role.AUDITOR, Role.EVALUATOR, Role.APPROVER, "rival")
TOUCHED = {"bidding_envelope", "ledger_entry", "ledger_stream", "ledger_outbox", "ledger_position"}


def spellings(price):
    """A price and its amount as a page, a release or a row may write them."""
    amount = Money.parse(price).times(QUANTITY)
    pesos = amount.centavos // 100
    return [price, str(amount), f"{amount.decimal:,.2f}", str(amount.centavos), str(pesos), f"{pesos:,}"]


CANARIES = [s for price in UNIT_PRICES for s in spellings(price)] + list(WORDS)


def found_in(text):
    return [c for c in CANARIES if re.search(rf"(?<![0-9]){re.escape(c)}(?![0-9])", text)]


class Bids:
    """What the two suppliers know: their envelopes, and all that would tell of them."""

    def __init__(self, w, process, folder):
        self.w, self.process, self.sealed = w, process, {}
        for who, price in zip((1, 2), UNIT_PRICES, strict=True):
            said = offer(process, price)
            said["responses"][1] = "CANARIO-RESPUESTA"
            file = pdf(f"CANARIO-CONTENIDO {who}").read()
            documents = [("CANARIO-TITULO canario-archivo.pdf", "application/pdf", file)]
            self.sealed[who] = seal(w.suppliers[who], process, said, documents=documents, out=folder)

    def hand_in(self):
        """Over HTTP: two bids, the first one replaced and both withdrawals kept back; and one bid withdrawn."""
        for who, sealed in self.sealed.items():
            browser = signed_in(self.w.suppliers[who])
            answer = send(self.w, browser, who, sealed)
            assert (answer.status_code, answer.json()["status"]) == (201, "logged"), answer.content
            upload(browser, sealed)
            assert get(browser, f"sobres/{sealed.c}/partes/").json()["complete"] is True
            assert get(browser, f"compra/{self.process.ocid}/sellar/datos/").status_code == 200
        gone = sealing.withdraw(self.sealed[2].manifest)
        claim = signed(self.w.suppliers[2], gone, RECEIVED)
        body = {
            "object": gone.decode(),
            "signature": claim,
            "previous": self.sealed[2].manifest_bytes.decode(),
        }
        assert post(browser, f"compra/{self.process.ocid}/sobres/", body).status_code == 201

    def keys(self):
        """The keys of the envelopes and the salts of the manifests, raw and as people and programs write them."""
        for sealed in self.sealed.values():
            yield from (sealed.identity, sealed.secret.hex(), base64.b64encode(sealed.secret).decode())
            yield from (sealed.manifest.salt, sealed.manifest.recipient, sealed.manifest.key_commit)

    def people(self):
        """All that names the two bidders."""
        for who in self.sealed:
            row = Supplier.objects.get(key=self.w.suppliers[who].supplier_key)
            yield from (row.key, row.rfc, row.name, row.name.partition(",")[0])

    def digests(self):
        return [row.c for row in rows_of(self.process)]


def tables():
    """Table -> its rows as text."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found[table] = {row for (row,) in cursor.fetchall()}
    return found


def written(folder):
    """Every file under a folder, by path."""
    return {p: p.read_bytes() for p in sorted(Path(folder).rglob("*")) if p.is_file()}


def data_outputs(tmp_path):
    """What a machine can read: feed, releases, records, and everything as files."""
    out = tmp_path / "files"
    files = make(out).files
    yield "feed", json.dumps(feed.page(0, 1000), ensure_ascii=False)
    yield "releases", "\n".join(Release.objects.order_by("position").values_list("body", flat=True))
    yield "records", json.dumps(list(Record.objects.values_list("compiled", flat=True)), ensure_ascii=False)
    for file in files:
        data = (out / file.path).read_bytes()
        is_table = file.format == "parquet"
        yield (
            file.name,
            str(pq.read_table(out / file.path).to_pylist()) if is_table else gzip.decompress(data).decode(),
        )
    for path in (p for p in out.iterdir() if p.is_file()):
        yield path.name, path.read_text(encoding="utf-8")


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


def addresses(process, bids):
    """Every address with what a curious reader would put into it."""
    parts = [file["sha256"] for row in rows_of(process) for file in row.files]
    logged = Entry.objects.filter(kind="envelope.logged")
    values = {
        "ocid": [process.ocid],
        "command": list(FORMS),
        "key": [process.unit_id, process.buyer_id, *Supplier.objects.values_list("key", flat=True)],
        "position": [str(e["position"]) for e in feed.page(0, 1000)["entries"] if e["visibility"] == "blinded"][-3:],
        "index": [str(e["position"] - 1) for e in feed.page(0, 1000)["entries"] if e["visibility"] == "blinded"][-3:],
        "c": bids.digests()[:2],
        "sha256": parts[:3],
        "token": ["0" * 32],
        "release_id": list(logged.values_list("release_id", flat=True))[:2],
    }
    for route in dict.fromkeys(routes()):
        names = re.findall(r"<(?:\w+:)?(\w+)>", route)
        found = [route]
        for name in names:
            choices = values.get(name, ["1"])
            found = [re.sub(rf"<(?:\w+:)?{name}>", v, f, count=1) for f in found for v in choices]
        for path in found:
            yield f"/{path}"
            if not path.startswith(("api/", "healthz", "documentos/", "cuenta/", "log/", "mi-espacio/sobres/")):
                yield f"/en/{path}"


def client_of(w, reader):
    if reader is None:
        return Client(raise_request_exception=False)
    return signed_in(w.suppliers[0] if reader == "rival" else w[reader])


def leaks_in_pages(w, process, bids, readers=READERS):
    """(reader, address, what it tells) of each page that tells a canary, a key, or whose an envelope is."""
    paths = list(addresses(process, bids))
    assert len(paths) > 60, "the walk no longer finds the site's addresses"
    names, keys, digests = list(bids.people()), list(bids.keys()), bids.digests()
    leaks, answered = [], 0
    for reader in readers:
        client = client_of(w, reader)
        office = Role.SUPPLIER if reader == "rival" else reader
        for n, path in enumerate(paths):
            if "logout" in path or (reader and path.startswith("/en/")):
                continue
            step = next((c for c in FORMS if f"/{c}/" in path), None)
            if step and n % 4 and not (office and may(office, step)):
                continue  # whoever may not do a step is sent away before anything is read: a fourth of them is tried
            response = client.get(path)
            answered += response.status_code == 200
            body = b"".join(response.streaming_content) if response.streaming else response.content
            text = body.decode("utf-8", "replace")
            found = found_in(text) + [k for k in keys if k in text]
            if any(c in text or c[:16] in text for c in digests):
                found += [name for name in names if name in text]
            if found:
                leaks.append((str(reader), path, found))
    assert answered > 40, "hardly any page answered: the search proves nothing"
    return leaks


def public_shape(tmp_path):
    """What the public reads, without the blinded statements: it must not change when a bid comes in."""
    shape = {
        name: text
        for name, text in data_outputs(tmp_path)
        if name in {"releases", "records", "releases.jsonl.gz", "bids.csv.gz"}
    }
    shape["feed"] = [
        {k: v for k, v in e.items() if k != "position"} for e in feed.page(0, 1000)["entries"] if "body" in e
    ]
    return shape


@pytest.fixture
def folders(settings, tmp_path):
    """The installation's own folders, empty."""
    settings.SEALED_DIR, settings.FILES_DIR = tmp_path / "site" / "sealed", tmp_path / "site" / "files"
    settings.PAPERS_DIR = tmp_path / "site" / "papers"
    return tmp_path / "site"


def test_until_the_opening_nothing_tells_what_the_bids_say_or_whose_they_are(tmp_path, clock, caplog, folders):
    caplog.set_level(logging.DEBUG)
    w = world()
    process = reach_clarifying(w)
    clock.set(RECEIVED)
    bids = Bids(w, process, tmp_path / "suppliers")
    for who in bids.sealed:
        signed_in(w.suppliers[who])
    catch_up()
    before, row = public_shape(tmp_path), Process.objects.filter(pk=process.pk).values().get()
    sessions = tables()
    caplog.clear()

    bids.hand_in()

    names, keys = list(bids.people()), list(bids.keys())
    fresh = {table: rows - sessions[table] for table, rows in tables().items() if rows != sessions[table]}
    assert set(fresh) <= TOUCHED | {"django_session", "accounts_user", "auth_user"}, set(fresh)
    for table, rows in tables().items():
        text = "\n".join(rows)
        assert not found_in(text), table
        assert not [k for k in keys if k in text], table
    # no row names an envelope and a company, and none that came with an envelope names one
    for table, rows in fresh.items():
        for text in rows:
            assert not [n for n in names if n in text], (table, text[:200])
    assert set(Envelope.objects.values_list("state", "supplier", "object", "signature")) == {
        ("closed", None, "", None)
    }
    for path, data in written(folders).items():
        assert not found_in(data.decode("latin-1")), path
        assert not [s for s in [*names, *keys] if s.encode() in data], path
    assert len(written(folders)) == 6
    catch_up()
    assert [name for name, text in data_outputs(tmp_path) if found_in(text)] == []
    assert [name for name, text in query_outputs(process) if found_in(text)] == []
    said = caplog.text  # of the site; what the supplier's own machine did is not in it
    assert found_in(said) == [] and not [s for s in [*names, *keys] if s in said]
    assert leaks_in_pages(w, process, bids) == []
    # nor does anything tell that there are bids
    assert public_shape(tmp_path) == before
    assert Process.objects.filter(pk=process.pk).values().get() == row
    blinded = [e for e in feed.page(0, 1000)["entries"] if "body" not in e]
    assert all(set(e) == {"position", "visibility", "digest"} for e in blinded)

    # the same search finds them as soon as the act has opened the envelopes
    clock.set(OPENING)
    hold_act(w, process)
    catch_up()
    assert {"bidding_unsealed", "ledger_entry", "ledger_release", "ledger_record"} <= {
        table for table, rows in tables().items() if found_in("\n".join(rows))
    }
    told = {name for name, text in data_outputs(tmp_path) if found_in(text)}
    assert {"feed", "releases", "records", "acts-00001.jsonl.gz", "bids.csv.gz", "bids.parquet"} <= told
    assert "bidding.opened_bids" in {name for name, text in query_outputs(process) if found_in(text)}
    public = {path for _reader, path, _found in leaks_in_pages(w, process, bids, readers=[None])}
    assert f"/p/{process.ocid}/" in public
    # and never what the withdrawn one said
    assert not [t for t, rows in tables().items() if UNIT_PRICES[1] in "\n".join(rows)]


def test_two_worlds_that_differ_only_in_who_bid_leave_rows_of_the_same_shape(tmp_path, clock):
    """Rows and columns that change are the same ones, of the same length, whoever sends the envelope."""
    w = world()
    process = reach_clarifying(w)
    clock.set(RECEIVED)
    shapes = []
    for who in (0, 1):
        browser = signed_in(w.suppliers[who])
        said = offer(process, "51.30")
        sealed = seal(w.suppliers[who], process, said, out=tmp_path / str(who))
        before = tables()
        assert send(w, browser, who, sealed).status_code == 201
        fresh = {table: rows - before[table] for table, rows in tables().items() if rows != before[table]}
        shapes.append(sorted((table, len(rows)) for table, rows in fresh.items() if table != "django_session"))
    assert shapes[0] == shapes[1]
    assert {table for table, _n in shapes[0]} == TOUCHED - {"ledger_position"}


def test_the_desk_keeps_no_draft_of_a_bid(clock):
    w = world()
    process = reach_clarifying(w)
    clock.set(RECEIVED)
    browser = signed_in(w.suppliers[1])
    typed = {"price_1": UNIT_PRICES[0], "response_1": "CANARIO-RESPUESTA"}
    for name in ("bidding.submit", "bidding.withdraw", "bidding.redeal", "opening.present_backup"):
        for path in (f"/mi-espacio/compra/{process.ocid}/{name}/borrador/",
                     f"/mi-espacio/compra/{process.ocid}/{name}/"):  # fmt: skip
            browser.post(path, typed | {"save_draft": "1"})
    assert {table for table, rows in tables().items() if found_in("\n".join(rows))} == set()


def test_a_failure_while_a_bid_is_received_writes_nothing_of_it_into_the_log(tmp_path, clock, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    w = world()
    process = reach_clarifying(w)
    clock.set(RECEIVED)
    bids = Bids(w, process, tmp_path)
    browser = signed_in(w.suppliers[1])

    def broken(*_arguments, **_more):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("vitrina.cycle.bidding.commands.log_envelope", broken)
    answer = send(w, browser, 1, bids.sealed[1])
    assert answer.status_code == 500
    assert "the disk is full" in caplog.text  # it is told that something failed, and not what was in it
    told = caplog.text + answer.content.decode()
    assert not [s for s in [*bids.people(), *bids.keys(), bids.sealed[1].c] if s in told]
    assert not Envelope.objects.exists()
    assert not django_settings.DEBUG
