# SPDX-License-Identifier: Apache-2.0
"""The audit that an outsider runs on exported files: honest tenders, the published scenarios, the five cheats."""

import base64
import json
import shutil
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from tests.shared import ROOT, shared
from vitrina.kernel.canonical import canonical
from vitrina.ledger import note
from vitrina.ledger.policy import Policy
from vitrina.sealed import keys
from vitrina.sealed.audit import Revealed, audit
from vitrina.sealed.cli import app
from vitrina.sealed.objects import leaf, reveal_digest
from vitrina.sealed.tests.tender import (
    AFTER,
    MONTH,
    OCID,
    ORIGIN,
    Tender,
    honest,
    index_of,
    sealed_bid,
    shares_of,
    signed,
)

SCENARIOS = [
    "honest: replaced, withdrawn, late and decoy leaves",
    "platform drops A's bid",
    "late bid slipped in",
    "A's envelope never revealed",
    "A's envelope declared to be a decoy",
    "forged withdrawal of B: B must be opened",
    "platform opens the superseded first bid of A instead",
    "A 'replaces' the bid of B",
    "one supplier pre-commits three prices without linking them; the last is live",
    "same, but it reveals only the price it now likes",
]


def run(folder, *more, month=AFTER):
    """As an outsider does: the command, in a process of its own."""
    words = [sys.executable, "-m", "vitrina", "sealed", "audit", str(folder), "--json", "--at", month, *more]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode == 2:
        return 2, done.stderr
    report = json.loads(done.stdout)
    return done.returncode, report


def run_inside(folder, *more, month=AFTER):
    """The same command without the cost of a process."""
    done = CliRunner().invoke(app, ["audit", str(folder), "--json", "--at", month, *map(str, more)])
    return done.exit_code, done.stderr if done.exit_code == 2 else json.loads(done.stdout)


def found_in(folder, *more, month=AFTER):
    code, report = run_inside(folder, *more, month=month)
    findings = [(f["code"], f["index"]) for f in report["findings"]]
    assert code == (1 if findings else 0)
    return findings


@pytest.fixture
def tender(tmp_path):
    return honest(tmp_path)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_published_scenarios_find_exactly_what_they_say(name):
    told = json.loads(shared("data/sealed-bids/audit_scenarios.json").read_text(encoding="utf-8"))["scenarios"]
    assert [one["name"] for one in told] == SCENARIOS
    one = told[SCENARIOS.index(name)]
    rows = list(enumerate(one["leaves"]))
    reveals = {i: Revealed(row["reveal"], row["signature_valid"]) for i, row in rows if row["reveal"]}
    leaves = [(i, row["leaf"]) for i, row in rows]
    found = audit(
        leaves, reveals, one["deadline_size"], one["opened"], lambda _, valid: valid, ocid=one["ocid"], strict=False
    )

    assert [[f.code, f.index] for f in found] == one["violations"]


def test_an_honest_tender_gives_no_finding(tender):
    code, report = run(tender.write())

    assert (code, report["findings"], report["pending"]) == (0, [], [])
    assert (report["leaves"], report["leaves_from"], report["checkpoints_checked"]) == (10, "log", True)
    assert report["live"] == tender.opened
    assert [len(report[state]) for state in ("superseded", "withdrawn", "late")] == [1, 1, 1]
    assert (report["files_checked"], report["envelopes_read"]) == (6, 2)


def test_without_a_log_the_list_of_the_folder_is_taken_and_said_so(tender):
    code, report = run(tender.write(log=False))

    assert (code, report["leaves_from"], report["leaves"]) == (0, "list", 10)


def test_cheat_1_a_bid_is_dropped(tender):
    dropped = tender.opened.pop()

    assert found_in(tender.write()) == [("bid_not_opened", index_of(tender, dropped))]


def test_cheat_2_a_late_bid_is_slipped_in(tender):
    late = index_of(tender, list(tender.identities)[-1])
    tender.opened.append(json.loads(tender.entries[late])["c"])

    assert found_in(tender.write()) == [("opened_not_eligible", late)]


def test_cheat_2_a_bid_that_was_never_logged_is_slipped_in(tender, tmp_path):
    made_up = sealed_bid(tmp_path / "files", "FFF010101FF6")
    tender.reveals[99] = {
        "object": made_up.manifest_bytes.decode(),
        "signature": signed("FFF010101FF6", made_up.manifest_bytes),
    }
    tender.opened.append(made_up.c)

    assert found_in(tender.write()) == [("false_reveal", 99), ("opened_not_eligible", None)]


def test_cheat_3_a_leaf_is_hidden_from_the_exported_list_but_not_from_the_log(tender):
    hidden = index_of(tender, tender.opened.pop())
    del tender.reveals[hidden]
    folder = tender.write()
    rows = (folder / "leaves.jsonl").read_text().splitlines(keepends=True)
    (folder / "leaves.jsonl").write_text("".join(row for row in rows if json.loads(row)["index"] != hidden))

    assert found_in(folder) == [("unexplained_leaf", hidden)]
    assert run(folder, month=MONTH)[1]["pending"] == [hidden]


def test_cheat_3_a_leaf_is_cut_out_of_the_log(tender):
    hidden = index_of(tender, tender.opened.pop())
    folder = tender.write()
    bundle = folder / "log" / "tile" / "entries" / f"000.p/{len(tender.entries)}"
    bundle.write_bytes(bundle.read_bytes().replace(tender.entries[hidden], b"x" * len(tender.entries[hidden])))

    assert ("log_differs", None) in found_in(folder)


def test_cheat_4_that_was_a_decoy(tender):
    dropped = index_of(tender, tender.opened.pop())
    decoy = {"type": "sobre/v1/senuelo", "reveal_by": MONTH, "salt": "00" * 32}
    tender.reveals[dropped] = {"object": decoy, "signature": None}

    assert found_in(tender.write()) == [("false_reveal", dropped)]


def test_cheat_4_a_leaf_for_a_decoy_logged_in_its_place(tender):
    """The log itself is rewritten: its checkpoint, that witnesses cosigned, is no longer that of its entries."""
    dropped = index_of(tender, tender.opened.pop())
    folder = tender.write()
    data = canonical({"type": "sobre/v1/senuelo", "reveal_by": MONTH, "salt": "00" * 32})
    bundle = folder / "log" / "tile" / "entries" / f"000.p/{len(tender.entries)}"
    other = leaf(reveal_digest(data), MONTH)
    bundle.write_bytes(bundle.read_bytes().replace(tender.entries[dropped], other))

    assert ("log_differs", None) in found_in(folder)


def test_cheat_5_a_ciphertext_is_changed(tender):
    folder, at = tender.write(), index_of(tender, tender.opened[1])
    changed = folder / "files" / f"{json.loads(tender.reveals[at]['object'])['files'][1]['sha256']}.age"
    data = bytearray(changed.read_bytes())
    data[-1] ^= 1
    changed.write_bytes(data)

    assert found_in(folder) == [("ciphertext_changed", at)]
    changed.unlink()
    assert found_in(folder) == [("ciphertext_missing", at)]


def test_a_changed_ciphertext_with_a_changed_manifest_is_another_bid(tender):
    at = index_of(tender, tender.opened[-1])
    told = json.loads(tender.reveals[at]["object"])
    told["files"][1]["sha256"] = told["files"][1]["parts"][0] = "00" * 32
    tender.reveals[at]["object"] = told

    assert found_in(tender.write()) == [("false_reveal", at), ("opened_not_eligible", at)]


def test_the_platform_takes_a_rivals_bid_back(tender, tmp_path):
    """With a signature of its own: the withdrawal does not count, and the bid is missed."""
    found = Tender(tmp_path / "other")
    victim = found.bid("AAA010101AAA")
    found.withdrawal(victim, "ZZZ010101ZZ9")
    found.close()

    assert found_in(found.write()) == [("bad_signature", 1), ("bid_not_opened", 0)]


def test_a_replaced_bid_is_not_revived_by_logging_it_again(tmp_path):
    found = Tender(tmp_path)
    first = found.bid("AAA010101AAA")
    second = found.bid("AAA010101AAA", replaces=first.c)
    found.log(first.manifest_bytes, signed("AAA010101AAA", first.manifest_bytes))
    found.close()
    found.opened = [second.c]
    assert found_in(found.write()) == [("repeated_leaf", 2)]

    found.opened = [first.c]
    found.write(log=False)
    assert found_in(found.folder) == [("repeated_leaf", 2), ("bid_not_opened", 1), ("opened_not_eligible", 0)]


def test_a_published_key_of_another_envelope_is_found(tender):
    one, other = tender.opened
    tender.identities[one] = tender.identities[other]

    assert found_in(tender.write()) == [("identity_differs", index_of(tender, one))]


def test_a_wrong_deadline_is_found(tender):
    folder = tender.write()
    case = json.loads((folder / "audit.json").read_text())
    case["deadline_size"] = len(tender.entries)
    (folder / "audit.json").write_text(json.dumps(case))

    assert ("deadline_differs", None) in found_in(folder)


def test_a_wrong_deadline_is_found_without_a_log_too(tender):
    folder = tender.write()
    shutil.rmtree(folder / "log")
    assert run_inside(folder)[1]["checkpoints_checked"]
    case = json.loads((folder / "audit.json").read_text())
    (folder / "audit.json").write_text(json.dumps(case | {"deadline_size": case["deadline_size"] - 1}))

    assert ("deadline_differs", None) in found_in(folder)
    (folder / "deadline").write_text("x")
    assert "log_unreadable" in run(folder)[1]


def test_the_policy_of_a_stranger_does_not_trust_this_log(tender, tmp_path):
    folder = tender.write()
    own = tmp_path / "own"
    own.write_text(str(Policy.of([note.Vkey.of(ORIGIN, Ed25519PrivateKey.generate())])))

    assert found_in(folder, "--policy", str(own)) == [("checkpoint_unsigned", None)] * 2
    assert run(folder, "--policy", str(tmp_path / "none"))[0] == 2


def test_a_checkpoint_of_another_key_is_found(tender):
    folder = tender.write()
    checkpoint = (folder / "log" / "checkpoint").read_text()
    first, signature = checkpoint.rstrip("\n").rsplit(" ", 1)
    data = bytearray(base64.b64decode(signature))
    data[-1] ^= 1
    (folder / "log" / "checkpoint").write_text(f"{first} {base64.b64encode(data).decode()}\n")

    assert found_in(folder) == [("checkpoint_unsigned", None)]


def test_a_bidder_who_dealt_false_shares_does_not_accuse_the_platform(tmp_path):
    found = Tender(tmp_path)
    bid = found.bid("AAA010101AAA")
    lying = json.loads(bid.manifest_bytes)
    lying["key_commit"] = "00" * 32
    data = canonical(lying)
    found.entries.pop()
    found.log(data, signed("AAA010101AAA", data))
    found.close()
    c = reveal_digest(data)
    assert found_in(found.write(log=False)) == [("bid_not_opened", 0)]

    given = [share.hex() for share in shares_of(bid.manifest)]
    found.failed = {c: {"reason": "dealer", "shares": given[:2]}}
    assert found_in(found.write(log=False)) == []
    found.failed = {c: {"reason": "dealer", "shares": given[:1]}}
    assert found_in(found.write(log=False)) == [("bid_not_opened", 0)]


@pytest.mark.parametrize("name", ["audit.json", "reveals.jsonl"])
@pytest.mark.parametrize("text", [None, "", "{", "[]\n", '{"index": "x", "object": 1}\n', "\udcff"])
def test_a_folder_that_cannot_be_read_is_not_decided(tender, name, text):
    folder = tender.write(log=False)
    if text is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(text.encode(errors="surrogateescape"))
    code, report = run_inside(folder)

    if (name, text) == ("reveals.jsonl", ""):  # nothing was explained: that is a finding for every leaf
        assert {f["code"] for f in report["findings"]} == {"unexplained_leaf", "opened_not_eligible"}
    else:
        assert code == 2
        assert "Cannot be decided" in report


def test_a_folder_without_leaves_and_log_is_not_decided(tender):
    code, error = run(tender.write(log=False, leaves=False))
    assert (code, "folder_incomplete" in error) == (2, True)


def test_objects_with_the_right_digest_and_no_meaning_explain_nothing(tmp_path):
    found = Tender(tmp_path)
    for odd in (
        {"type": "sobre/v2"},
        {"type": ["x"]},
        {"a": 1},
        {"type": "sobre/v1", "ocid": OCID, "salt": keys.new_secret().hex()},
    ):
        data = canonical(odd)
        found.reveals[len(found.entries)] = {"object": odd, "signature": None}
        found.entries.append(leaf(reveal_digest(data), MONTH))
    found.close()

    assert found_in(found.write()) == [("malformed_reveal", i) for i in range(4)]
