# SPDX-License-Identifier: Apache-2.0
"""A log watched round after round: growth, fork, rollback, damage, staleness, silence; a memory that outlives kill -9."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.shared import ROOT
from vitrina.ledger.log_cli import app
from vitrina.ledger.logverify import Undecidable
from vitrina.ledger.monitor import EXIT, STALE_AFTER, Monitor, Round, Verdict
from vitrina.ledger.note import Vkey
from vitrina.ledger.policy import Policy
from vitrina.ledger.tiles import TileStore

from .public_log import AT, ORIGIN, checkpoint, file_server, key, make_log, policy, statements

N = 600
START = datetime.fromtimestamp(AT, UTC)


def publish(log: Path, n: int) -> None:
    """The checkpoint of the first `n` leaves."""
    (log / "checkpoint").write_text(checkpoint(n, TileStore(log).root(n)), encoding="utf-8")


def fork(log: Path, folder: Path, at: int, n: int = N) -> None:
    """Another history in the log's place: leaf `at` differs, all is signed by the log and cosigned."""
    entries = statements(n)
    make_log(folder, [*entries[:at], entries[at].replace(b"2026", b"2025"), *entries[at + 1 :]])
    shutil.rmtree(log)
    shutil.copytree(folder, log)


@pytest.fixture
def log(tmp_path) -> Path:
    """A log of 600 leaves that shows its first 300."""
    make_log(tmp_path / "log", statements(N), sizes=(300,))
    publish(tmp_path / "log", 300)
    return tmp_path / "log"


@pytest.fixture
def look(log, tmp_path):
    """Look at the log some hours after the start; each time by a monitor that knows only what was kept."""

    def at(hours: float = 1, source: object = log, judge: Policy | None = None) -> Round:
        now = START + timedelta(hours=hours)
        return Monitor(str(source), tmp_path / "state", judge or policy(), now=lambda: now).look()

    return at


def told(*arguments: object) -> tuple[int, dict]:
    done = CliRunner().invoke(app, ["monitor", *map(str, arguments), "--once", "--json"])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done.exit_code, json.loads(done.stdout)


def test_a_log_that_grows_is_followed_and_only_what_is_new_is_read(log, look):
    first = look()
    publish(log, N)
    second = look()
    third = look()

    assert (first.verdict, first.size, first.seen, first.entries) == (Verdict.HOLDS, 300, None, 300)
    assert first.sentence == f"Holds: {ORIGIN} has 300 leaves. 2 witnesses cosigned it."
    assert (second.verdict, second.size, second.seen) == (Verdict.HOLDS, N, 300)
    assert "300 more than before" in second.sentence
    assert second.entries == N - 256  # the bundle where the former look ended, and those after it
    assert (third.verdict, third.seen, third.entries) == (Verdict.HOLDS, N, N - 512)


@pytest.mark.parametrize("before", [1, 255, 256, 257, 512, 65_536, 65_537])
def test_every_edge_between_tiles_is_continued(tmp_path, before):
    n = max(before + 3, 600)
    store = make_log(tmp_path / "log", [b"%d" % i for i in range(n)], sizes=(before,))
    watch = Monitor(str(tmp_path / "log"), tmp_path / "state", policy(), now=lambda: START)
    (tmp_path / "log" / "checkpoint").write_text(checkpoint(before, store.root(before)), encoding="utf-8")
    assert watch.look().verdict == Verdict.HOLDS
    for size in (n, n):
        (tmp_path / "log" / "checkpoint").write_text(checkpoint(size, store.root(size)), encoding="utf-8")

        found = watch.look()

        assert (found.verdict, found.size) == (Verdict.HOLDS, n)
    assert found.entries == n % 256


def test_a_fork_is_told_with_both_signed_checkpoints_and_never_forgotten(log, look, tmp_path):
    publish(log, N)
    kept = look()
    fork(log, tmp_path / "forged", 300, N + 5)

    found, again = look(), look()

    assert (found.verdict, found.size, found.seen) == (Verdict.FORKED, N + 5, N)
    assert found.sentence.startswith("Does not hold: checkpoint: forked: its first 600 leaves")
    assert again.verdict == Verdict.FORKED
    (lines,) = [file.read_text().splitlines() for file in (tmp_path / "state").rglob("findings.jsonl")]
    (line,) = map(json.loads, lines)
    for note, size in ((line["kept"], N), (line["offered"], N + 5)):  # they prove it without us
        assert policy().check(note).checkpoint.size == size
    assert kept.verdict == Verdict.HOLDS


def test_a_fork_after_what_was_seen_is_no_fork_to_this_monitor(log, look, tmp_path):
    look()
    fork(log, tmp_path / "forged", 400)

    assert look().verdict == Verdict.HOLDS


def test_a_log_that_goes_back_is_rolled_back_not_forked(log, look):
    publish(log, N)
    look()
    publish(log, 300)

    found = look()

    assert (found.verdict, found.size, found.seen) == (Verdict.ROLLED_BACK, 300, N)
    publish(log, N)
    assert look().verdict == Verdict.HOLDS


@pytest.mark.parametrize("name", ["tile/0/001", "tile/1/000.p/2"])
def test_a_damaged_tile_that_the_proof_of_growth_reads_is_no_fork(log, look, name):
    """Nobody is accused of a fork for a file that went bad."""
    look()
    publish(log, N)
    tile = log / name
    tile.write_bytes(bytes([tile.read_bytes()[0] ^ 1]) + tile.read_bytes()[1:])

    found = look()

    assert (found.verdict, found.seen) == (Verdict.BROKEN, 300)
    assert "fork" not in found.sentence


def test_new_tiles_that_do_not_give_the_root_are_found(log, look):
    look()
    publish(log, N)
    bundle = log / "tile/entries/001"
    bundle.write_bytes(bundle.read_bytes().replace(b"2026", b"2025", 1))

    found = look()

    assert found.verdict == Verdict.BROKEN
    assert "is not the hash of its entry" in found.sentence
    assert look().seen == 300  # what does not hold is not kept


def test_too_few_witnesses_and_another_key_do_not_hold(log, look):
    root = TileStore(log).root(N)
    (log / "checkpoint").write_text(checkpoint(N, root, ()), encoding="utf-8")
    assert (look().verdict, "too few" in look().sentence) == (Verdict.BROKEN, True)
    (log / "checkpoint").write_text(checkpoint(N, root, log_key="other"), encoding="utf-8")
    assert (look().verdict, "no signature by a known key of the log" in look().sentence) == (Verdict.BROKEN, True)


def test_a_log_that_nobody_renews_is_stale_until_it_grows(log, look):
    limit = STALE_AFTER.total_seconds() / 3600
    assert look(limit - 1).verdict == Verdict.HOLDS

    found = look(limit + 1)

    assert found.verdict == Verdict.STALE
    assert found.sentence == f"Stale: {ORIGIN} has shown 300 leaves, and nothing new, for 27 hours."


def test_without_witnesses_the_age_counts_from_when_this_size_was_first_seen(log, look):
    alone = policy(0)
    for n, hours, verdict in (
        (300, 100, Verdict.HOLDS), (300, 125, Verdict.HOLDS), (300, 127, Verdict.STALE),
        (N, 127, Verdict.HOLDS), (N, 152, Verdict.HOLDS), (N, 154, Verdict.STALE),
    ):  # fmt: skip
        (log / "checkpoint").write_text(checkpoint(n, TileStore(log).root(n), ()), encoding="utf-8")
        assert look(hours, judge=alone).verdict == verdict


def test_a_served_log_that_falls_silent_is_unreachable_and_what_was_seen_stays(log, look, tmp_path):
    with file_server(log) as url:
        assert look(source=url).verdict == Verdict.HOLDS
        publish(log, N)
        grown = look(source=url)
    silent = look(source=url)

    assert (grown.verdict, grown.seen, grown.size) == (Verdict.HOLDS, 300, N)
    assert (silent.verdict, silent.seen, silent.size) == (Verdict.UNREACHABLE, N, None)
    assert silent.sentence.startswith("Cannot be decided: there is no checkpoint")
    assert not list((tmp_path / "state").rglob("findings.jsonl"))


def test_the_policy_of_the_first_look_is_kept(log, tmp_path):
    """The log cannot change whose signature counts: whoever watches names the new policy."""
    state = tmp_path / "state"
    watch = Monitor(str(log), state, now=lambda: START)
    assert watch.look().verdict == Verdict.HOLDS
    other = Policy.of([Vkey.of(ORIGIN, key("other"))])
    (log / "policy").write_text(str(other), encoding="utf-8")
    (log / "checkpoint").write_text(checkpoint(N, TileStore(log).root(N), log_key="other"), encoding="utf-8")

    assert watch.look().verdict == Verdict.BROKEN


def test_a_memory_that_cannot_be_read_is_not_begun_anew(log, look, tmp_path):
    look()
    (state,) = (tmp_path / "state").rglob("state.json")
    state.write_bytes(state.read_bytes()[:50])

    with pytest.raises(Undecidable, match="cannot be read"):
        look()
    assert told(log, "--state", tmp_path / "state")[0] == 2


def test_each_verdict_has_an_exit_code_of_its_own(log, tmp_path):
    (tmp_path / "mine.policy").write_text(str(policy()), encoding="utf-8")
    options = ["--state", tmp_path / "state", "--policy", tmp_path / "mine.policy"]
    publish(log, N)
    code, found = told(log, *options)
    assert (code, found["verdict"], found["size"]) == (0, "holds", N)
    assert [c["name"] for c in found["cosignatures"]] == list(policy().witnesses)
    publish(log, 300)
    assert told(log, *options)[0] == EXIT[Verdict.ROLLED_BACK] == 4
    fork(log, tmp_path / "forged", 300)
    assert told(log, *options)[0] == EXIT[Verdict.FORKED] == 5
    shutil.rmtree(log)
    assert told(log, *options)[0] == EXIT[Verdict.UNREACHABLE] == 2
    make_log(log, statements(N))
    assert told(log, *options, "--stale", "1e9")[0] == 0
    (log / "tile/0/001").unlink()
    assert told(log, "--state", tmp_path / "fresh")[0] == EXIT[Verdict.BROKEN] == 1


def test_it_goes_on_until_it_is_told_to_stop_and_remembers_when_it_is_killed(log, tmp_path):
    command = [sys.executable, "-m", "vitrina", "log", "monitor", log, "--every", "1", "--json"]
    environment = {**os.environ, "VITRINA_VAR": str(tmp_path / "var")}

    def started() -> subprocess.Popen:
        return subprocess.Popen(list(map(str, command)), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)

    publish(log, N)
    with started() as killed:
        assert json.loads(killed.stdout.readline())["verdict"] == "holds"
        killed.kill()
    publish(log, 300)
    with started() as again:
        assert json.loads(again.stdout.readline())["verdict"] == "rolled back"
        publish(log, N)
        assert json.loads(again.stdout.readline())["verdict"] == "holds"
        again.send_signal(signal.SIGINT)
        again.stdout.read()
    assert again.returncode == 0


def test_a_write_that_was_broken_off_leaves_what_was_kept(log, look, tmp_path, monkeypatch):
    """As a process that dies between writing the new file and giving it its name."""
    look()
    publish(log, N)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dies)
        with pytest.raises(KeyboardInterrupt):
            look()

    assert look().seen == 300
