# SPDX-License-Identifier: Apache-2.0
"""How validity is measured: a perfect rule scores one, a blind one what chance gives, and what is not judged is apart."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.validity import page
from benchmarks.validity.judge import Units
from benchmarks.validity.kinds import COULD_SEE, LOOKALIKE, SCREENS
from benchmarks.validity.score import Score
from vitrina.insight.flags.registry import flags
from vitrina.insight.generate.history import History

CASES = {f"a{i}": f"case-{i // 4}" for i in range(40)}
OTHERS = {f"b{i}" for i in range(360)}


def scored(raised: set[str], judged: set[str] | None = None) -> Score:
    units = Units()
    units.judged["OCID"] = judged if judged is not None else set(CASES) | OTHERS
    units.raised["OCID"] = raised
    score = Score()
    score.add(units, "OCID", CASES, set(CASES), np.random.default_rng(1))
    return score


def test_a_perfect_rule_scores_one_and_chance_does_not():
    score = scored(set(CASES))

    assert score.rates() == (1.0, 1.0, 1.0)
    assert np.array(score.by_chance).mean(axis=0) == pytest.approx([0.1, 0.1], abs=0.03)


def test_a_rule_that_raises_at_random_scores_what_chance_gives():
    everything = sorted(set(CASES) | OTHERS)
    raised = set(np.random.default_rng(2).choice(everything, 200, replace=False).tolist())
    score = scored(raised)

    recall, precision, _ = score.rates()
    chance = np.array(score.by_chance).mean(axis=0)
    assert (recall, precision) == pytest.approx(tuple(chance), abs=0.15)
    low, high = score.intervals(np.random.default_rng(3))
    assert low[0] <= recall <= high[0]


def test_what_is_not_judged_is_counted_apart():
    score = scored(set(), judged=OTHERS | {"a0"})

    assert score.unjudged == 39
    assert sum(score.truth) == 1


def test_every_planted_kind_is_measured():
    history = History(30_000, 4)
    for _ in history.frames():
        pass

    assert {label.kind for label in history.labels} <= set(COULD_SEE) | set(LOOKALIKE)


def test_every_rule_that_could_see_a_kind_exists():
    named = {rule for rules in (*COULD_SEE.values(), *LOOKALIKE.values()) for rule in rules}

    assert named <= set(flags()) | set(SCREENS)


def test_one_part_of_the_page_is_written_alone(tmp_path, monkeypatch):
    before = page.PAGE.read_text(encoding="utf-8")
    copy = tmp_path / "validity.md"
    copy.write_text(before, encoding="utf-8")
    monkeypatch.setattr(page, "PAGE", copy)
    page.put("golden", ["a line"])

    told = copy.read_text(encoding="utf-8")
    assert "<!-- golden -->\na line\n<!-- end of golden -->" in told
    assert told.split("<!-- golden -->")[0] == before.split("<!-- golden -->")[0]


def test_the_page_tells_of_every_kind_and_of_all_the_flags():
    text = page.PAGE.read_text(encoding="utf-8")

    assert f"; {len(flags())} flags." in text
    assert [kind for kind in (*COULD_SEE, *LOOKALIKE) if f"| {kind} |" not in text] == []
