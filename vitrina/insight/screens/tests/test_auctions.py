# SPDX-License-Identifier: Apache-2.0
"""Screens of reverse auctions, on auctions that a reader can follow."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from vitrina.insight.cli import app
from vitrina.insight.screens import auctions
from vitrina.insight.store import Store

HEAD = "ocid,lot,bidder,at,amount,decrement"


def steps(*rows: str, ocid: str = "x") -> str:
    """`B 12:00:05 99.50`: a bidder, an hour, a price; the least step is 0.50."""
    parts = (row.split() for row in rows)
    return "\n".join(f"{ocid},,{who},2026-03-02T{at}-06:00,{price},0.50" for who, at, price in parts)


def of(tmp_path: Path, *rows: str) -> dict[str, object]:
    file = tmp_path / "steps.csv"
    file.write_text(f"{HEAD}\n{steps(*rows)}\n")
    ((_, found),) = auctions.read(file).items()
    return auctions.measured(found)


def test_an_auction_that_competes(tmp_path) -> None:
    made = of(
        tmp_path, "A 11:00:00 100", "B 11:00:00 110", "C 11:00:00 120", "B 12:00:00 98.00", "A 12:01:00 97.50",
        "B 12:02:00 95.00", "C 12:03:00 90.25",
    )  # fmt: skip
    assert (made["n_bidders"], made["n_steps"], made["n_still"]) == (3, 4, 0)
    assert made["opening"] == pytest.approx(0.2)
    assert made["at_minimum"] == 1 / 4  # A beats B's 98.00 by the least step
    assert (made["last_step"], made["close"], made["first_final"]) == (180, 0, False)
    assert made["saving"] == pytest.approx(0.0975)
    assert made["entry"] == pytest.approx(0.05)  # C comes in at 90.25, from 95.00


def test_an_auction_in_which_nobody_moves(tmp_path) -> None:
    made = of(tmp_path, "A 11:00:00 100", "B 11:00:00 110")
    assert (made["n_steps"], made["n_still"], made["saving"], made["first_final"]) == (0, 2, 0, True)
    assert [made[name] for name in ("at_minimum", "last_step", "close", "order", "entry")] == [None] * 5


def test_steps_that_keep_an_order_and_come_together(tmp_path) -> None:
    turns = [f"{who} 12:00:{n * 5:02} {99.5 - n / 2}" for n, who in enumerate("ABCABCABC")]
    made = of(tmp_path, "A 11:00:00 100", "B 11:00:00 101", "C 11:00:00 102", *turns)
    assert (made["order"], made["close"], made["at_minimum"]) == (1, 1, 1)


def test_offers_are_exact(tmp_path) -> None:
    """A tenth has no exact double: 0.30 - 0.20 is a least step of 0.10 all the same."""
    file = tmp_path / "steps.csv"
    file.write_text(f"{HEAD}\nx,,A,2026-03-02T11:00:00Z,0.30,0.10\nx,,A,2026-03-02T12:00:00Z,0.20,0.10\n")
    assert auctions.measured(auctions.read(file)["x", ""])["at_minimum"] == 1


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("x,,A,2026-03-02T11:00:00,5,", "no offset"),
        ("x,,A,2026-03-02T11:00:00Z,-5,", "no price"),
        ("x,,A,2026-03-02T11:00:00Z,NaN,", "no price"),
        ("x,,A,ayer,5,", "line 2"),
    ],
)
def test_a_bad_row_is_named(tmp_path, row, why) -> None:
    file = tmp_path / "steps.csv"
    file.write_text(f"{HEAD}\n{row}\n")
    with pytest.raises(auctions.BadAuctions, match=why):
        auctions.read(file)


def test_the_saving_is_ranked_among_auctions_of_as_many_bidders(tmp_path) -> None:
    parts = [HEAD]
    for n in range(31):
        low = f"{99 - n}.00" if n < 30 else "100.00"
        parts.append(steps("A 11:00:00 100", "B 11:00:00 101", f"A 12:00:00 {low}", ocid=f"x{n:02}"))
    file = tmp_path / "steps.csv"
    file.write_text("\n".join(parts) + "\n")
    rows = auctions.screened(auctions.read(file), {}).to_pylist()
    assert [row["saving_peers"] for row in rows] == [31] * 31
    assert min(rows, key=lambda row: row["saving_rank"])["ocid"] == "x30"


def test_the_command_takes_a_file_of_steps(tmp_path) -> None:
    Store.create(tmp_path / "store")
    file = tmp_path / "steps.csv"
    file.write_text(f"{HEAD}\n{steps('A 11:00:00 100', 'B 11:00:00 110')}\n")
    asked = ["screens", "--store", str(tmp_path / "store"), "--out", str(tmp_path / "out"), "--auctions", str(file)]
    told = CliRunner().invoke(app, [*asked, "--json"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.output)["rows"]["auctions.parquet"] == 1
    assert pq.read_table(tmp_path / "out" / "auctions.parquet").to_pylist()[0]["ocid"] == "x"
    file.write_text("ocid\n")
    assert CliRunner().invoke(app, asked).exit_code == 2
