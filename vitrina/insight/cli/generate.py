# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight generate`: a synthetic history. Exit 0 done, 1 a figure of the check is off, 2 wrong use."""

from __future__ import annotations

import json
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer


class Form(StrEnum):
    """What is written."""

    STORE = "store"
    JSONL = "jsonl"


class Golden(StrEnum):
    """The two markets of the reference test."""

    CARTEL = "cartel"
    TWIN = "twin"


class Variant(StrEnum):
    """How the reference test is changed."""

    EXACT = "exact"
    NOISY = "noisy"
    SUPPRESSION = "suppression"
    ALLOCATION = "allocation"
    COMMON_COST = "common-cost"
    PUBLIC_RESERVE = "public-reserve"
    TWO = "two"


def generate(
    out: Annotated[Path, typer.Option(help="Folder; made where it is not there.")],
    contracts: Annotated[int, typer.Option(min=500, help="How many contracts, exactly.")] = 100_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 1,
    form: Annotated[Form, typer.Option("--format", help="A store, or OCDS releases as JSON Lines.")] = Form.JSONL,
    check: Annotated[
        bool, typer.Option(help="Print the calibration against what was made; exit 1 where off.")
    ] = False,
    plain: Annotated[bool, typer.Option("--plain", help="Plant no cases.")] = False,
    golden: Annotated[Golden | None, typer.Option(help="Instead: the reference cartel or its twin.")] = None,
    variant: Annotated[Variant, typer.Option(help="Of the reference test.")] = Variant.EXACT,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Make a synthetic national history: nothing in it happened, nobody in it exists, and everything says so."""
    from vitrina.insight.generate import write
    from vitrina.insight.generate.check import Check, lines
    from vitrina.insight.generate.golden import Reference
    from vitrina.insight.generate.history import History
    from vitrina.insight.store import BadStore

    began = time.monotonic()
    history: Any = (
        Reference(seed, is_cartel=golden is Golden.CARTEL, variant=variant.value)
        if golden
        else History(contracts, seed, is_planted=not plain)
    )
    counted = None if golden else Check(history)
    try:
        (write.store if form is Form.STORE else write.jsonl)(history, out, counted.add if counted else None)
    except (FileExistsError, BadStore) as error:
        typer.echo(f"{error}: there is something already", err=True)
        raise typer.Exit(2) from None
    took = time.monotonic() - began
    figures = counted.figures() if counted else []
    off = [figure.name for figure in figures if not figure.holds]
    done = {
        "out": str(out),
        "is_synthetic": True,
        "seed": seed,
        "contracts": history.n_contracts,
        "labels": len(history.labels),
        "seconds": round(took, 2),
        "off": off,
    }
    if as_json:
        told = [{"name": f.name, "wanted": f.wanted, "found": f.found, "within": f.within} for f in figures]
        typer.echo(json.dumps(done | ({"figures": told} if check else {}), ensure_ascii=False, indent=1))
    else:
        if check:
            typer.echo("\n".join(lines(figures)))
        n = history.n_contracts
        typer.echo(f"{n:,} synthetic contracts in {out} ({n / took:,.0f} a second), {len(history.labels):,} labels.")
        if counted:
            typer.echo(f"{len(figures) - len(off)} of {len(figures)} figures of the calibration within tolerance.")
    if check and off:
        raise typer.Exit(1)
