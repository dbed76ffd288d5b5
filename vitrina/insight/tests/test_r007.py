# SPDX-License-Identifier: Apache-2.0
"""R007: specifications that fit one supplier."""

from __future__ import annotations

from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged


def item(rid: int, description: str | None):
    return {"rid": rid, "pos": 0, "description": description}


def test_a_brand_without_an_equivalent_is_flagged_and_with_one_it_is_not() -> None:
    items = [
        item(1, "Impresora marca Acme"),
        item(2, "Impresora MARCA Acme o Equivalente"),
        item(3, "Impresora de 40 páginas por minuto, enmarcada"),
    ]
    outcome = judged("R007", release=processes([None] * 3, "title"), tender_item=items)
    assert ids(outcome) == ["ocds-x-1"]
    assert outcome.rows.column("basis").to_pylist() == ["brand"]


def test_nearly_the_papers_of_one_supplier_is_flagged_above_the_limit() -> None:
    papers = [{"rid": 1, "text": "x", "similarity": 0.951}, {"rid": 2, "text": "x", "similarity": 0.95}]
    assert ids(judged("R007", release=processes([None] * 2, "title"), specification=papers)) == ["ocds-x-1"]


def test_a_specification_much_longer_than_those_of_peers_is_flagged() -> None:
    papers = [{"rid": n, "n_chars": 1000} for n in range(1, 200)] + [{"rid": 200, "n_chars": 90_000}]
    outcome = judged("R007", release=processes([None] * 200, "title"), specification=papers)
    assert ids(outcome) == ["ocds-x-200"]
    assert outcome.rows.column("basis").to_pylist() == ["long"]


def test_without_any_text_it_is_not_computable() -> None:
    outcome = judged("R007", release=processes([None] * 2, "title"), tender_item=[item(1, None), item(2, "Papel")])
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 1, {"tender.items.description": 1})
