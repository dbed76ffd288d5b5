# SPDX-License-Identifier: Apache-2.0
"""The lines of a contract before they were changed are kept from successive releases, so that rules compare them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vitrina.insight.explain.card import explain
from vitrina.insight.flags.registry import chosen
from vitrina.insight.flags.run import run
from vitrina.insight.tests.ingest.stores import lines, rows, stored


def release(n: int, tag: str, *items: tuple[str, float, float]) -> dict[str, Any]:
    listed = [
        {"id": name, "quantity": q, "unit": {"value": {"amount": price, "currency": "MXN"}}}
        for name, q, price in items
    ]
    return {
        "ocid": "ocds-x-1",
        "id": str(n),
        "date": f"2026-0{n}-01T00:00:00Z",
        "tag": [tag],
        "tender": {"id": "t", "value": {"amount": 100, "currency": "MXN"}},
        "contracts": [{"id": "c", **({"items": listed} if items else {})}],
    }


SIGNED = release(1, "contract", ("camas", 10, 5.0), ("mesas", 4, 2.0))
PAID = release(2, "implementation")
MORE = release(3, "contractAmendment", ("camas", 15, 5.0))
DEARER = release(4, "contractAmendment", ("camas", 15, 6.0))


def test_each_state_is_a_version_and_the_last_is_the_one_in_force(tmp_path: Path) -> None:
    store, _ = stored(tmp_path, lines(SIGNED, PAID, MORE, DEARER))
    found = [(r["version"], r["item_id"], r["quantity"], r["unit_price"]) for r in rows(store, "contract_item")]
    assert found == [
        (0, "camas", 10, 5.0),
        (0, "mesas", 4, 2.0),
        (1, "camas", 15, 5.0),
        (1, "mesas", 4, 2.0),
        (2, "camas", 15, 6.0),
        (2, "mesas", 4, 2.0),
    ]


def test_lines_that_never_change_have_one_version(tmp_path: Path) -> None:
    again = SIGNED | {"id": "5", "date": "2026-05-01T00:00:00Z", "tag": ["contractUpdate"]}
    store, _ = stored(tmp_path, lines(SIGNED, PAID, again))
    assert {r["version"] for r in rows(store, "contract_item")} == {0}


def test_the_rules_on_changed_lines_fire_and_are_explained(tmp_path: Path) -> None:
    store, _ = stored(tmp_path, lines(SIGNED, MORE, DEARER))
    with store.tables() as t:
        found = {o.code: (o.flagged, o.clear) for o in run(t, chosen(["R065", "R066", "R069"]))}
        made = explain(t, "R066", "ocds-x-1")
    assert found == {"R065": (0, 1), "R066": (1, 0), "R069": (1, 0)}
    (shown,) = [one for one in made.rows if one.table == "contract_item"]
    assert [row.pointer for row in shown.rows if row.pointer] == ["/contracts/0/items/0", "/contracts/0/items/1"]
    assert shown.n == 6
