# SPDX-License-Identifier: Apache-2.0
"""The audit of a tender that was cancelled before its bids were opened: who bid is told, the log says that it was."""

import json

import pytest
from typer.testing import CliRunner

from vitrina.sealed.cli import app
from vitrina.sealed.tests.tender import AFTER, MONTH, OCID, OTHER, Tender


def run(folder, month=AFTER):
    done = CliRunner().invoke(app, ["audit", str(folder), "--json", "--at", month])
    assert done.exit_code in {0, 1}, done.stderr
    return json.loads(done.stdout)


def found_in(folder, month=AFTER):
    return [(f["code"], f["index"]) for f in run(folder, month)["findings"]]


@pytest.fixture
def tender(tmp_path):
    """Two bids, one of them replaced, and a withdrawn one; then the tender was cancelled, before any deadline."""
    found = Tender(tmp_path)
    found.act("call.published")
    first = found.bid("AAA010101AAA")
    found.bid("AAA010101AAA", replaces=first.c)
    gone = found.bid("BBB010101BB2")
    found.withdrawal(gone)
    found.bid("CCC010101CC3")
    found.cancel()
    return found


def test_no_bid_is_missed_and_the_log_says_why(tender):
    report = run(tender.write())

    assert (report["findings"], report["cancelled"], report["leaves_from"]) == ([], tender.cancelled, "log")
    assert [len(report[s]) for s in ("live", "superseded", "withdrawn", "late")] == [2, 1, 1, 0]
    assert "The log holds" in report["notes"][0]


def test_without_a_log_the_folder_is_believed_and_that_is_said(tender):
    report = run(tender.write(log=False))

    assert report["findings"] == []
    assert "compare with the log" in report["notes"][0]


def test_an_envelope_that_nobody_told_of_is_found_after_its_month(tender):
    del tender.reveals[5]
    folder = tender.write()

    assert found_in(folder) == [("unexplained_leaf", 5)]
    assert run(folder, MONTH)["pending"] == [5]


def test_a_bid_that_is_opened_all_the_same_is_found(tender):
    last = list(tender.identities)[-1]
    tender.opened.append(last)

    assert found_in(tender.write()) == [("opened_not_eligible", 5)]


def test_that_it_was_cancelled_is_not_taken_from_the_folder_where_there_is_a_log(tender):
    """To hide that a bid which stood was not opened."""
    tender.entries[tender.cancelled] = tender.entries[tender.cancelled].replace(
        b"tender.cancelled", b"tender.suspended"
    )
    folder = tender.write()

    assert found_in(folder) == [
        ("cancellation_differs", tender.cancelled), ("bid_not_opened", 2), ("bid_not_opened", 5),
    ]  # fmt: skip


def test_the_cancellation_of_another_tender_excuses_nothing(tmp_path):
    found = Tender(tmp_path)
    found.bid("AAA010101AAA")
    found.cancel(OTHER)

    assert found_in(found.write()) == [("cancellation_differs", 1), ("bid_not_opened", 0)]


def test_one_that_was_cancelled_after_its_bids_were_opened_excuses_nothing(tmp_path):
    found = Tender(tmp_path)
    opened, hidden = found.bid("AAA010101AAA"), found.bid("BBB010101BB2")
    found.close()
    found.act("bids.opened")
    found.opened = [opened.c]
    found.cancel()
    folder = found.write()

    assert found_in(folder) == [("cancellation_differs", 4), ("bid_not_opened", 1)]
    case = json.loads((folder / "audit.json").read_text())
    del case["cancelled"]  # as an honest site exports it
    (folder / "audit.json").write_text(json.dumps(case))
    assert found_in(folder) == [("bid_not_opened", 1)]
    assert hidden.c not in found.opened


def test_a_deadline_after_the_cancellation_brings_nothing_in(tender):
    """What was logged after it is late, whatever the folder says."""
    tender.bid("DDD010101DD4")
    tender.close()
    report = run(tender.write())

    assert report["findings"] == []
    assert (len(report["live"]), len(report["late"])) == (2, 1)


def test_what_only_quotes_the_act_is_none(tender):
    tender.entries[tender.cancelled] = json.dumps({"v": 1, "type": "x.y", "says": '"type":"tender.cancelled"', "ocid": OCID}).encode()  # fmt: skip

    assert ("cancellation_differs", tender.cancelled) in found_in(tender.write())
