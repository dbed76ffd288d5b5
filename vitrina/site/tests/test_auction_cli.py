# SPDX-License-Identifier: Apache-2.0
"""`vitrina auction verify`: from a folder, from a site, and a record with one altered amount."""

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import transaction
from typer.testing import CliRunner

from vitrina.cycle.auction import reading
from vitrina.cycle.auction.acts import KIND_OF
from vitrina.cycle.auction.tests.auctions import forged
from vitrina.cycle.auction.tests.test_verifying import find, held, in_secret, in_turns
from vitrina.cycle.auction.verifying import verify as recompute
from vitrina.ledger.append import append
from vitrina.ledger.kinds import Signer, Visibility
from vitrina.ledger.sequencer import catch_up
from vitrina.site.auction_cli import app, own_entries

OCID = "ocds-abc123-1"
OTHER = {"position": 0, "visibility": "blinded", "digest": "ab"}


def verify(*arguments: str):
    return CliRunner().invoke(app, [OCID, *arguments])


def exported(folder, entries) -> str:
    lines = [json.dumps(e) for e in [OTHER, *entries, {**entries[0], "stream": "ocid:ocds-abc123-2"}]]
    return dumped(folder, "\n".join(lines) + "\n")


def dumped(folder, text: str) -> str:
    """A folder as `vitrina open dump` leaves it, with these lines as its acts."""
    (folder / "archivos").mkdir(exist_ok=True)
    (folder / "archivos" / "acts.jsonl.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    files = [{"set": "records", "path": "archivos/none"}, {"set": "acts", "path": "archivos/acts.jsonl.gz"}]
    (folder / "manifest.json").write_text(json.dumps({"files": files}), encoding="utf-8")
    return str(folder)


def test_a_folder_is_computed_again(tmp_path):
    done = verify("--from", exported(tmp_path, held().entries()))
    assert done.exit_code == 0, done.output
    assert "1. Nopal = Proveedora 3, bid B3, last offer 93.03" in done.output
    assert "Winner: Nopal. Rule: the best score." in done.output
    assert "Holds." in done.output


@pytest.mark.parametrize(("run", "said"), [(in_turns, "Turns: Nopal, Ceiba, Jade"), (in_secret, "(micro)")])
def test_turns_and_ties_are_told(tmp_path, run, said):
    done = verify("--from", exported(tmp_path, run().entries()))
    assert done.exit_code == 0, done.output
    assert said in done.output


def test_one_altered_amount_is_refused(tmp_path):
    entries = held().entries()
    n = find(entries, "offer.made", 1)
    entries[n] = forged(entries[n], amount={"centavos": 94_00, "currency": "MXN"})
    done = verify("--from", exported(tmp_path, entries), "--json")

    assert done.exit_code == 1
    told = json.loads(done.output)["1"]
    assert told["holds"] is False
    assert [entries[n]["seq"], "altered"] in [[f["seq"], f["code"]] for f in told["findings"]]


def test_what_is_no_ledger_of_auctions_is_undecidable(tmp_path):
    assert verify("--from", str(tmp_path / "nowhere")).exit_code == 2
    assert verify("--from", str(tmp_path)).exit_code == 2
    dumped(tmp_path, "[]\n")
    assert verify("--from", str(tmp_path)).exit_code == 2
    dumped(tmp_path, "{}\n")
    done = verify("--from", str(tmp_path))
    assert (done.exit_code, "No auction of" in done.output) == (2, True)


@pytest.fixture
def site(monkeypatch):
    """A site whose feed comes in pages."""
    entries = [OTHER, *held().entries()]
    monkeypatch.setattr(reading, "PAGE", 7)

    class Feed(BaseHTTPRequestHandler):
        def do_GET(self):
            asked = {k: int(v[0]) for k, v in parse_qs(urlsplit(self.path).query).items()}
            page = [e for e in entries if e["position"] > asked["after"]][: asked["limit"]]
            body = json.dumps({"entries": page, "next": page[-1]["position"] if page else asked["after"]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Feed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_feed_of_a_site_is_computed_again(site):
    done = verify("--from", site)
    assert done.exit_code == 0, done.output
    assert "Holds." in done.output


def in_the_ledger(told) -> None:
    """Write the acts of an auction where the acts of a purchase stand."""
    body = type(told.act)
    names = {"kind": KIND_OF[body], "stage": "auction", "visibility": Visibility.PUBLIC}
    written = type(body)(body.__name__, (body,), names, frozen=True, kw_only=True)
    event = written(**{name: getattr(told.act, name) for name in body.__struct_fields__})
    append(f"ocid:{OCID}", event, actor=Signer(role="", name="", party=""), at=told.at)


@pytest.mark.django_db(transaction=True)
def test_the_own_ledger_is_computed_again():
    auction = held()
    for told in auction.told:
        with transaction.atomic():
            in_the_ledger(told)
    catch_up()
    entries = own_entries(OCID)
    report = recompute(entries, lot=1)

    assert (report.findings, report.winner, report.phase) == ((), "Nopal", "certified")
    assert [line["seq"] for line in entries] == [t.seq for t in auction.told]
