# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight report`: one buyer on one page. Exit 0 done, 2 wrong use or no such buyer."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer


class Language(StrEnum):
    """Languages of the page."""

    ES = "es"
    EN = "en"


def report(
    store: Annotated[Path, typer.Option(help="Folder of the store.")],
    buyer: Annotated[str, typer.Option(help="The buyer's id or name.")],
    out: Annotated[Path, typer.Option(help="FILE.html to write.")],
    codes: Annotated[str, typer.Option(help="Only these flags: R003,R018. All when none are named.")] = "",
    lang: Annotated[Language, typer.Option(help="Language of the page.")] = Language.ES,
) -> None:
    """Write one self-contained page about a buyer, with pictures, that anybody can read."""
    from vitrina.insight.flags import kept
    from vitrina.insight.flags.registry import UnknownFlag
    from vitrina.insight.report.facts import UnknownBuyer, facts_of, find
    from vitrina.insight.report.page import page
    from vitrina.insight.store import BadStore, Store
    from vitrina.kernel import clock

    wanted = [code.strip().upper() for code in codes.split(",") if code.strip()]
    try:
        held = Store(store)
        with held.tables() as t:
            find(t, buyer)  # whether there is one is known at once
            facts = facts_of(
                t, buyer, kept.judged(held, wanted, lambda code: typer.echo(f"{code} ", nl=False, err=True))
            )
        typer.echo("", err=True)
        out.write_text(page(facts, lang, clock.system().date()), encoding="utf-8")
    except UnknownBuyer as error:
        near = f" Perhaps: {'; '.join(error.near)}." if error.near else ""
        _stop(f"No single buyer is called {buyer!r} in this store.{near}")
    except UnknownFlag as error:
        _stop(f"There is no flag {error.args[0]}.")
    except (BadStore, OSError) as error:
        _stop(str(error))
    typer.echo(f"{facts.buyer}: {facts.n_awards:,} awards, {len(facts.signs)} flags raised; {out}")


def _stop(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(2)
