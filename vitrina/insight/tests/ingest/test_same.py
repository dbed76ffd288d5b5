# SPDX-License-Identifier: Apache-2.0
"""A company whose RFC is missing in some rows is one organisation for readers, whatever the order in which it came."""

from __future__ import annotations

import random
from itertools import count
from pathlib import Path
from typing import Any

from vitrina.compranet.tests.files import CONTRACT_21, CONTRACT_45, csv_text
from vitrina.insight.ingest.run import ingest
from vitrina.insight.store import Store
from vitrina.insight.store.views import connected

from .stores import lines, rows

RFC, OTHER, PERSON = "AAA010101AA1", "BBB020202BB2", "CAPR800101AA3"
_number = count(1)


def sale(name: str, rfc: str | None = None, country: str | None = None, **more: Any) -> dict[str, Any]:
    """A purchase from a supplier of that name, with or without its RFC."""
    party: dict[str, Any] = {"id": f"MX-RFC-{rfc}" if rfc else f"MX-NAME-{name}", "name": name, "roles": ["supplier"]}
    if rfc:
        party["identifier"] = {"scheme": "MX-RFC", "id": rfc}
    if country:
        party["address"] = {"countryName": country}
    suppliers = [{"id": party["id"], "name": name}]
    return {
        "ocid": f"ocds-x-{next(_number)}",
        "tag": ["compiled"],
        "parties": [party | more],
        "awards": [{"id": "a", "status": "active", "suppliers": suppliers}],
    }


def told(store: Store) -> dict[str, tuple[str, ...]]:
    """ocid -> who won, as readers see it: the RFC, else the id, of each supplier's organisation."""
    with Store(store.path).tables() as t:
        won = t.award_supplier.join(t.org.select("oid", "rfc", org_id="id"), "oid").join(t.release, "rid")
        found: dict[str, list[str]] = {}
        for row in t.rows(won.select("ocid", "rfc", "org_id")):
            found.setdefault(row["ocid"], []).append(row["rfc"] or row["org_id"])
    return {ocid: tuple(sorted(who)) for ocid, who in found.items()}


def loaded(folder: Path, *runs: list[dict[str, Any]]) -> Store:
    """A store that read these releases, a run each."""
    folder.mkdir(exist_ok=True)
    store = Store.create(folder / "store")
    for n, releases in enumerate(runs):
        (folder / f"{n}.jsonl").write_bytes(lines(*releases))
        ingest(store, [folder / f"{n}.jsonl"])
    return store


def test_a_company_without_rfc_in_a_row_is_the_one_that_has_it(tmp_path: Path) -> None:
    first, second = sale("Aceros del Golfo SA de CV"), sale("ACEROS DEL GOLFO, S.A. DE C.V.", RFC)
    store = loaded(tmp_path, [first, second])

    assert told(store) == {first["ocid"]: (RFC,), second["ocid"]: (RFC,)}
    (row,) = rows(store, "same_as")
    assert (row["id"], row["rule"]) == ("MX-NAME-Aceros del Golfo SA de CV", "name_of_one_company")
    assert {r["oid"] for r in rows(store, "award_supplier")} == {row["oid"], row["to_oid"]}  # the rows stay as read
    with connected(store) as engine:  # what is SQL already sees the same
        assert engine.sql("SELECT DISTINCT oid FROM award_supplier").fetchall() == [(row["to_oid"],)]
        assert engine.sql("SELECT oid FROM org").fetchall() == [(row["to_oid"],)]


def test_who_is_left_apart(tmp_path: Path) -> None:
    apart = [
        *(sale("Rosa Campos Prado"), sale("Rosa Campos Prado", PERSON)),  # people
        *(sale("Grupo Alfa SC"), sale("Grupo Alfa SC", RFC), sale("Grupo Alfa SC", OTHER)),  # two of one name
        *(sale("Delta"), sale("Delta", "DDD030303DD3")),  # a name of one word
        *(sale("North Tools Inc", country="US"), sale("North Tools Inc", "NNN040404NN4", country="MX")),
    ]
    store = loaded(tmp_path, apart)

    assert rows(store, "same_as") == []
    assert [told(store)[r["ocid"]][0].startswith("MX-NAME") for r in apart] == [
        *(True, False, True, False, False, True, False, True, False),
    ]


def test_order_files_and_runs_come_to_the_same(tmp_path: Path) -> None:
    given = [
        *(sale("Aceros del Golfo SA"), sale("ACEROS DEL GOLFO S.A.", RFC), sale("Aceros Golfo", RFC)),
        *(sale("Aceros Golfo"), sale("Grupo Alfa SC"), sale("Grupo Alfa SC", OTHER)),
        *(sale("Grupo Beta SC", OTHER), sale("Grupo Beta SC"), sale("Comercial Gama", "GGG050505GG5")),
    ]
    whole = told(loaded(tmp_path / "whole", given))
    assert sum(who[0].startswith("MX-NAME") for who in whole.values()) == 0
    for seed in range(2):
        draw = random.Random(seed)
        mixed = draw.sample(given, len(given))
        cut = draw.randrange(1, len(given))
        assert told(loaded(tmp_path / str(seed), mixed[:cut], mixed[cut:])) == whole


def test_a_later_run_joins_and_takes_apart_and_the_same_again_changes_nothing(tmp_path: Path) -> None:
    bare, with_rfc, namesake = sale("Grupo Alfa SC"), sale("Grupo Alfa SC", RFC), sale("Grupo Alfa SC", OTHER)
    store = loaded(tmp_path, [bare], [with_rfc])
    assert told(store)[bare["ocid"]] == (RFC,)
    parts = dict(store.manifest.parts)
    (tmp_path / "again.jsonl").write_bytes(lines(with_rfc, bare))
    ingest(store, [tmp_path / "again.jsonl"])
    assert store.manifest.parts == parts

    (tmp_path / "more.jsonl").write_bytes(lines(namesake))
    ingest(store, [tmp_path / "more.jsonl"])
    assert told(store)[bare["ocid"]] == ("MX-NAME-Grupo Alfa SC",)


def test_official_files_with_and_without_rfc(tmp_path: Path) -> None:
    name = {"Proveedor o contratista": "ACEROS DEL GOLFO SA DE CV"}
    numbers = ("LA-50-ZZZ-050ZZZ001-N-8-2026", "LA-50-ZZZ-050ZZZ001-N-9-2026")
    (tmp_path / "21.csv").write_text(
        csv_text("contracts_21", [{**CONTRACT_21, **name, "rfc": RFC, "Número de procedimiento": numbers[0]}])
    )
    shared_cells = {k: v for k, v in CONTRACT_21.items() if k in CONTRACT_45}
    bare = {**CONTRACT_45, **shared_cells, **name, "rfc": "", "Número de procedimiento": numbers[1]}
    (tmp_path / "45.csv").write_text(csv_text("contracts_45", [bare]))
    store = Store.create(tmp_path / "store")
    ingest(store, [tmp_path / "45.csv", tmp_path / "21.csv"])

    assert set(told(store).values()) == {(RFC,)}
