# SPDX-License-Identifier: Apache-2.0
"""The page about a buyer: what it says, that it needs nothing else, that everybody can read it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from vitrina.insight import Store
from vitrina.insight.cli import app
from vitrina.insight.flags.outcome import ROWS as VERDICTS
from vitrina.insight.flags.outcome import outcome
from vitrina.insight.flags.registry import chosen
from vitrina.insight.flags.run import run
from vitrina.insight.ingest.run import ingest
from vitrina.insight.report.facts import Example, UnknownBuyer, facts_of, find
from vitrina.insight.report.page import page
from vitrina.insight.tests.ingest.stores import lines
from vitrina.insight.tests.tables import tables

MADE = date(2026, 3, 2)
CODES = ["R013", "R018", "R040", "R068"]
BUYERS = [{"oid": 1, "id": "B-1", "name": "Hospital de Prueba"}, {"oid": 2, "id": "B-2", "name": "Hospital Ejemplo"}]
SELLERS = [{"oid": 10 + n, "id": f"S-{n}", "name": name} for n, name in enumerate(("Norte <SA>", "Sur SA"))]


def purchase(rid: int, buyer: int, method: str, pesos: int, seller: int, month: int):
    at = datetime(2025, month, 10, 12, tzinfo=UTC).replace(tzinfo=None)
    common = {"rid": rid, "currency": "MXN"}
    return {
        "release": {**common, "ocid": f"ocds-x-{rid}", "buyer_oid": buyer, "buyer_id": f"B-{buyer}", "method": method,
                    "n_tenderers": 1, "title": f"Compra {rid}", "tender_start_day": at.date(), "tender_start": at},
        "award": {**common, "award_no": 0, "award_id": "a", "status": "active", "amount": float(pesos), "n_suppliers": 1,
                  "centavos": pesos * 100, "date": at, "date_day": at.date()},
        "award_supplier": {"rid": rid, "award_no": 0, "pos": 0, "oid": 10 + seller, "id": f"S-{seller}"},
    }  # fmt: skip


PURCHASES = [
    purchase(1, 1, "open", 700_000, 0, 1),
    purchase(2, 1, "direct", 250_000, 1, 1),
    purchase(3, 1, "direct", 50_000, 1, 4),
    purchase(4, 2, "open", 10, 0, 2),
]
ROWS = {name: [p[name] for p in PURCHASES] for name in ("release", "award", "award_supplier")}


@pytest.fixture(scope="module")
def facts():
    with tables(org=[*BUYERS, *SELLERS], **ROWS) as t:
        yield facts_of(t, "hospital de prueba", run(t, chosen(CODES)))


def test_the_money_is_exact_and_of_this_buyer_alone(facts) -> None:
    assert (facts.buyer_id, facts.n_awards, facts.centavos, facts.direct_share) == ("B-1", 3, 100_000_000, 0.3)
    assert [(s.key, s.centavos) for s in facts.suppliers] == [("Norte <SA>", 70_000_000), ("Sur SA", 30_000_000)]


def test_months_without_an_award_stand_in_the_picture(facts) -> None:
    assert [(m.key, m.n) for m in facts.months] == [("202501", 2), ("202502", 0), ("202503", 0), ("202504", 1)]


def test_flags_of_this_buyer_are_told_with_their_readings(facts) -> None:
    single = next(sign for sign in facts.signs if sign.outcome.code == "R018")
    assert (single.n, single.examples) == (1, (Example("ocds-x-1", "Compra 1", 1.0, 1.0, None),))
    known = [*(s.outcome for s in facts.signs), *facts.silent, *facts.blind]
    assert sorted(o.code for o in known) == CODES
    assert {o.code for o in facts.blind} == {"R013", "R040", "R068"}  # too few, and no payments


@pytest.mark.parametrize(
    ("lang", "headline"),
    [
        ("es", "Adjudicó 1 millón de pesos; 30 % sin concurso."),
        ("en", "It awarded 1 million pesos; 30% of it without"),
    ],
)
def test_the_answer_comes_first(facts, lang, headline) -> None:
    html = page(facts, lang, MADE).replace("\u00a0", " ")
    assert headline in re.search(r"<h1>(.*?)</h1>", html)[1]
    assert "Norte &lt;SA&gt;" in html
    assert "<SA>" not in html
    assert not re.search(r"""(?:src|href)=|url\(|<script|@import""", html)


def test_names_are_found_without_accents_and_doubts_are_told() -> None:
    with tables(org=BUYERS, **ROWS) as t:
        assert find(t, "HOSPITAL DÉ PRUEBA") == ("B-1", "Hospital de Prueba")
        assert find(t, "B-2") == ("B-2", "Hospital Ejemplo")
        with pytest.raises(UnknownBuyer) as doubt:
            find(t, "hospital")
        assert doubt.value.near == ["Hospital Ejemplo (B-2)", "Hospital de Prueba (B-1)"]


def test_money_whose_procedure_is_not_told_is_in_no_share() -> None:
    bought = [purchase(1, 1, None, 900, 0, 1), purchase(2, 1, "open", 60, 0, 1), purchase(3, 1, "direct", 40, 0, 9)]
    with tables(org=[*BUYERS, *SELLERS], **{name: [p[name] for p in bought] for name in ROWS}) as t:
        found = facts_of(t, "B-1")
    assert (found.untold_share, found.direct_share, found.rank) == (0.9, 0.4, None)
    html = page(found, "es", MADE).replace("\u00a0", " ")
    assert "de 90 % no se dice cómo." in re.search(r"<h1>(.*?)</h1>", html)[1]
    assert "Se dice el procedimiento de 10 % del dinero; de esa parte, 40 % se adjudicó sin concurso." in html
    assert "En 7 de 9 meses no hay ninguna adjudicación" in html


def test_the_value_that_stands_out_most_comes_first() -> None:
    """Of a flag for which low values are suspicious, the lowest."""
    rows = [
        {"group": "OCID", "id": f"ocds-x-{n}", "rid": n, "value": float(n), "threshold": 15.0, "flagged": True}
        for n in (9, 2, 14)
    ]
    found = outcome("R003", [{"why": None, "yes": True, "n": 3}], pa.Table.from_pylist(rows, VERDICTS))
    with tables(org=BUYERS, release=[purchase(n, 1, "open", 10, 0, 1)["release"] for n in (9, 2, 14)]) as t:
        (sign,) = facts_of(t, "B-1", [found]).signs
    assert [(one.id, one.name, one.value) for one in sign.examples] == [
        ("ocds-x-2", "Compra 2", 2.0),
        ("ocds-x-9", "Compra 9", 9.0),
        ("ocds-x-14", "Compra 14", 14.0),
    ]


def test_a_match_by_name_alone_is_counted_and_not_shown() -> None:
    rows = [
        {"group": "Tenderer", "id": f"S-{n}", "rid": 1, "value": 0.5, "flagged": True, "basis": f"debarred:{how}"}
        for n, how in enumerate(("name_only", "rfc"))
    ]
    found = outcome("R046", [{"why": None, "yes": True, "n": 2}], pa.Table.from_pylist(rows, VERDICTS))
    with tables(org=[*BUYERS, *SELLERS], **ROWS) as t:
        facts = facts_of(t, "B-1", [found])
    (sign,) = facts.signs
    assert (sign.n, sign.n_by_name, [one.id for one in sign.examples]) == (2, 1, ["S-1"])
    html = page(facts, "es", MADE)
    assert "pueden ser otros: 1." in html
    assert "S-0" not in html
    assert "solo se pudo juzgar a quienes se marcan" in html


def test_the_command_writes_the_page(tmp_path) -> None:
    source = tmp_path / "data.jsonl"
    tender = {"procurementMethod": "open", "numberOfTenderers": 1}
    buyer = {"id": "B-1", "name": "Hospital de Prueba"}
    source.write_bytes(
        lines({"ocid": "ocds-x-1", "id": "1", "date": "2026-01-01T00:00:00Z", "buyer": buyer, "tender": tender})
    )
    ingest(Store.create(tmp_path / "s"), [source])
    out = tmp_path / "r.html"
    asked = ["report", "--store", str(tmp_path / "s"), "--buyer", "hospital de prueba", "--out", str(out)]
    told = CliRunner().invoke(app, [*asked, "--codes", "R018"])
    assert told.exit_code == 0, told.output
    assert "<code>ocds-x-1</code>" in out.read_text()
    assert "el único caso que se pudo juzgar" in out.read_text()


def test_an_unknown_buyer_is_told_with_code_2(tmp_path) -> None:
    Store.create(tmp_path / "s")
    asked = ["report", "--store", str(tmp_path / "s"), "--buyer", "nadie", "--out", str(tmp_path / "r.html")]
    found = CliRunner().invoke(app, asked)
    assert (found.exit_code, (tmp_path / "r.html").exists()) == (2, False)
    assert "nadie" in found.output


@pytest.mark.browser
def test_everybody_can_read_it(facts, new_page, axe) -> None:
    view = new_page()
    view.set_content(page(facts, "es", MADE))
    for details in view.locator("details").all():
        details.evaluate("one => { one.open = true; }")
    axe(view)
    view.set_viewport_size({"width": 320, "height": 800})
    assert view.evaluate("document.documentElement.scrollWidth") <= 320
