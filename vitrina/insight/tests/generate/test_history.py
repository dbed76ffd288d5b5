# SPDX-License-Identifier: Apache-2.0
"""A generated history: exact in number, the same by seed, valid, calibrated, labelled synthetic everywhere."""

from __future__ import annotations

import hashlib
import itertools
import json

import numpy as np
import pytest

from tests.shared import assert_valid_release
from vitrina.insight.generate import skeleton, write
from vitrina.insight.generate.check import Check, Figure, lines
from vitrina.insight.generate.history import History
from vitrina.insight.store import BadStore, Store
from vitrina.kernel import ids

from .worlds import SMALL, small


def digest(folder):
    files = sorted(f for f in folder.rglob("*") if f.is_file())
    return {str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def test_it_has_exactly_as_many_contracts_as_were_asked_for():
    _, tables = small()

    assert tables["contract"].num_rows == SMALL
    assert tables["award"].num_rows == SMALL


@pytest.mark.parametrize("n", [500, 1_234, 20_000])
def test_the_outline_has_exactly_as_many(n):
    assert skeleton.draw(n, np.random.default_rng(3)).contracts().sum() == n


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(tmp_path):
    for name, seed in (("one", 5), ("same", 5), ("other", 6)):
        write.store(History(600, seed), tmp_path / name)
        write.jsonl(History(600, seed), tmp_path / f"{name}.json")

    assert digest(tmp_path / "one") == digest(tmp_path / "same")
    assert digest(tmp_path / "one.json") == digest(tmp_path / "same.json")
    assert digest(tmp_path / "one.json") != digest(tmp_path / "other.json")


def test_releases_are_valid_ocds_and_say_that_they_are_synthetic():
    for line in itertools.islice(write.lines(History(800, 2)), 0, None, 4):
        release = json.loads(line)
        assert_valid_release(release)
        assert release["isSynthetic"] is True
        assert release["ocid"].startswith("ocds-sintet-")


def test_everything_says_that_it_is_synthetic(tmp_path):
    store = write.store(History(600, 2), tmp_path / "store")
    _, tables = small()

    assert Store(store.path).manifest.is_synthetic
    assert json.loads((store.path / "synthetic.json").read_text())["is_synthetic"] is True
    assert tables["release"]["is_synthetic"].to_pylist() == [True] * tables["release"].num_rows
    assert all(name.endswith(("(ficticia)", "(ficticio)")) for name in tables["org"]["name"].to_pylist())


def test_tax_ids_have_a_right_check_digit_and_belong_to_nobody():
    _, tables = small()
    told = [rfc for rfc in tables["org"]["rfc"].to_pylist() if rfc]

    assert len(told) > 100
    assert len(set(told)) == len(told)
    assert all(rfc.startswith("ZZ") and ids.rfc_check_digit_holds(rfc) for rfc in told)


def test_acts_come_in_order():
    _, tables = small()
    release = tables["release"].to_pandas()
    known = release.dropna(subset=["tender_start", "tender_end"])

    assert (known.tender_end > known.tender_start).all()
    assert len(known) > 100


def test_the_calibration_holds_on_a_small_history_within_its_wider_tolerance():
    history = History(20_000, 11)
    check = Check(history)
    for frame, _ in history.frames():
        check.add(frame)
    figures = check.figures()

    assert [f.name for f in figures if not f.holds] == []
    assert len(figures) > 60
    assert len(lines(figures)) == len(figures) + 1


def test_the_check_tells_a_figure_that_is_off():
    assert not Figure("share", 0.74, 0.70, 0.01).holds
    assert "OFF" in lines([Figure("share", 0.74, 0.70, 0.01)])[1]


def test_unknown_and_not_yet_are_told_apart():
    _, tables = small()
    contract = tables["contract"].to_pandas()
    unsigned = contract[contract.date_signed.isna()]

    assert {"pending", "active", "terminated"} >= set(contract.status)
    assert (unsigned.status == "pending").sum() < (unsigned.status != "pending").sum()
    assert contract[contract.status == "pending"].date_signed.isna().all()


def test_it_writes_over_nothing(tmp_path):
    write.jsonl(History(500, 1), tmp_path)

    with pytest.raises(FileExistsError):
        write.jsonl(History(500, 1), tmp_path)
    with pytest.raises(BadStore):
        write.store(History(500, 1), tmp_path)
