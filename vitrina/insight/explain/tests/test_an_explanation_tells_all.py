# SPDX-License-Identifier: Apache-2.0
"""What an explanation holds: rule, parameters with their origin, law, peers, innocent readings, what would change it."""

from __future__ import annotations

import json
import statistics
from datetime import date

import pytest

from vitrina import law
from vitrina.insight.explain import labels, places
from vitrina.insight.explain.tests.country import CHANGED, SLOW
from vitrina.insight.flags.declare import Group
from vitrina.insight.flags.registry import flags
from vitrina.insight.flags.statutory import PROCEDURES
from vitrina.law import names

KEYS = {
    *("schema", "code", "version", "title", "rule", "definition", "source", "needs", "side", "group", "id", "state"),
    *("value", "threshold", "basis", "parameters", "law", "n_processes", "rows", "peers", "innocent", "missing"),
    *("empty", "changes", "synthetic", "caution", "because"),
}


def test_the_shape_is_stable(call, explained) -> None:
    made = json.loads(call("R060", f"ocds-x-{SLOW}", "--json").stdout)
    assert made == explained("R060", f"ocds-x-{SLOW}")
    assert set(made) == KEYS
    assert (made["schema"], made["caution"]) == ("vitrina.insight.explain/1", "Es un indicio, no una prueba.")


def test_the_law_with_article_version_and_certainty(explained) -> None:
    made = explained("R060", f"ocds-x-{SLOW}")
    (statute,) = made["law"]["statutes"]
    rule = law.rule("term.award_to_signature.max", at=date.fromisoformat(made["law"]["day"]))
    assert (statute["value"], statute["law"], statute["certainty"]) == (rule.value, rule.law, rule.certainty)
    assert rule.article in statute["article"]
    assert made["threshold"] == rule.value


def test_parameters_say_whether_they_are_defaults(call, tmp_path, explained) -> None:
    settings = tmp_path / "p.json"
    settings.write_text(json.dumps({"R068": {"over": 0.5}}))
    made = json.loads(call("R068", "ocds-x-9", "--params", str(settings), "--json").stdout)
    about = "parte del valor en que los pagos pueden rebasarlo, por redondeos"
    assert made["parameters"] == [{"name": "over", "value": 0.5, "origin": "settings", "about": about}]
    assert made["state"] == "clear"
    default = explained("R068", "ocds-x-9")["parameters"]
    assert default == [{"name": "over", "value": 0.005, "origin": "default", "about": about}]


def test_the_basis_is_told_in_words(explained) -> None:
    """A reason is told of a unit that is flagged; what was taken is told of any that was judged."""
    assert explained("R064", f"ocds-x-{CHANGED}", lang="en")["because"] == ["it was amended"]
    assert explained("R064", "ocds-x-1")["because"] == []
    assert explained("R060", "ocds-x-1")["because"] == ["en días hábiles, como cuenta la ley"]
    assert explained("R011", "B2")["because"][:2] == ["año 2026", "clase 2530 del clasificador"]


def test_peers_with_their_cell_quartiles_and_the_nearest(explained) -> None:
    peers = explained("R060", f"ocds-x-{SLOW}")["peers"]
    assert peers["cell"] == {"class": "2530", "method": "open", "category": "goods", "year": "2026"}
    values = sorted([10 + n % 4 for n in range(30) if n != SLOW] + [10 + n % 4 for n in range(33, 40)] + [51])
    assert (peers["n"], peers["least"], peers["most"], peers["value"]) == (37, 10, 51, 51)
    assert peers["median"] == statistics.median(values)
    assert len(peers["nearest"]) == 5
    assert {one["value"] for one in peers["nearest"]} == {13}
    assert peers["percentile"] == pytest.approx(36.5 / 37)


def test_clear_and_not_computable_are_explained_too(explained) -> None:
    clear = explained("R018", "ocds-x-1")
    assert (clear["state"], clear["peers"], clear["missing"]) == ("clear", None, [])
    open_ = explained("R067", "ocds-x-1", lang="en")
    assert (open_["state"], open_["value"], open_["missing"]) == ("not_computable", None, ["contracts.milestones"])
    assert open_["changes"] == ["With “contracts.milestones” the rule could judge this unit."]
    assert open_["innocent"]


def test_what_would_turn_the_verdict_is_said(explained) -> None:
    assert explained("R060", f"ocds-x-{SLOW}")["changes"][0] == "No se marcaría si el valor no pasara de 15."
    assert explained("R060", "ocds-x-1", lang="en")["changes"][0] == "It would be flagged above 15."


@pytest.mark.parametrize(("lang", "said"), [("es", "Es un indicio, no una prueba."), ("en", "not a proof.")])
def test_as_text_it_fits_eighty_columns(call, lang, said) -> None:
    result = call("R060", f"ocds-x-{SLOW}", "--lang", lang)
    assert result.exit_code == 0, result.output
    assert said in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "compras.jsonl" in result.stdout.replace("\n", "")


def test_wrong_names_end_with_2_and_the_nearest(call) -> None:
    for arguments, nearest in (
        (("R0600", "ocds-x-1"), "R060"),
        (("R018", "ocds-x-77"), "ocds-x-7"),
        (("R011", "ocds-x-30"), "B2"),
        (("R018", "ocds-x-1", "--params", "absent.json"), "absent.json"),
    ):
        result = call(*arguments)
        assert (result.exit_code, nearest in result.output) == (2, True), result.output


def test_what_can_be_shown_has_a_name_for_people() -> None:
    assert {kind.table for kind in places.KINDS.values()} <= set(labels.TABLES)
    assert {kind.section for kind in places.KINDS.values() if kind.section} <= set(labels.SECTIONS)
    assert set(Group) <= set(labels.UNITS)
    assert {*names.CATEGORIES, *names.CHARACTERS, *PROCEDURES} <= set(labels.ASKED)


@pytest.mark.parametrize("code", list(flags()))
def test_every_input_of_every_flag_is_told_somewhere(code) -> None:
    assert [path for path in flags()[code].inputs if not places.known(path)] == []
