# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight lists`: outside lists into a store. Exit 0 done, 2 wrong use."""

from __future__ import annotations

import datetime as dt
import json
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True, help="Outside lists: 69-B, sanctions, officials, registers, budgets, annual programmes."
)
app.callback()(lambda: None)


class Kind(StrEnum):
    """What a list is."""

    TAX = "tax"
    SANCTION = "sanction"
    OFFICIAL = "official"
    REGISTER = "register"
    BUDGET = "budget"
    PLAN = "plan"


@app.command()
def add(
    kind: Annotated[Kind, typer.Argument(help="tax (SAT 69-B), sanction, official, register (RFCs), budget, plan.")],
    file: Annotated[
        Path, typer.Argument(help="The file as published: CSV, or JSON of the platform (S3); plain or gzip.")
    ],
    store: Annotated[Path, typer.Option(help="Folder of the store; made where it is not there.")],
    cut: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of the list, where the file tells none.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Read a list into a store. Bad rows go to its quarantine; a file that is there already changes nothing."""
    from vitrina.insight.lists.add import BadList
    from vitrina.insight.lists.add import add as run
    from vitrina.insight.store import BadStore, Store

    try:
        done = run(Store.create(store), kind.value, file, cut=cut.date() if cut else None)
    except (BadList, BadStore, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    source = done.source
    if as_json:
        told = {"layout": done.layout, "cut": str(done.cut or ""), "cut_is_told": done.is_told}
        counts = {n: getattr(source, n) for n in ("n_read", "n_stored", "n_quarantined", "n_duplicates")}
        typer.echo(json.dumps({**told, "was_there": done.was_there, **counts, "quarantine": done.reasons}))
        return
    if done.was_there:
        typer.echo(f"{file}: in the store already")
        return
    typer.echo(
        f"{source.n_read:,} rows of {done.layout}, made on {done.cut}{'' if done.is_told else ' or later'}: "
        f"{source.n_stored:,} stored, {source.n_quarantined:,} in quarantine, {source.n_duplicates:,} told twice"
    )
    for reason, n in done.reasons.items():
        typer.echo(f"  quarantine {reason}: {n:,}")


@app.command()
def fetch(
    url: Annotated[str, typer.Argument(help="Address of the service, before its paths: https://.../s3.")],
    path: Annotated[str, typer.Argument(help="Search to read whole: /v1/psancionados, /v2/declaraciones ...")],
    out: Annotated[Path, typer.Option(help="File for what comes, a line for each result.", dir_okay=False)],
    name: Annotated[str, typer.Option(help="Name with which the platform knows us.")],
    password: Annotated[str, typer.Option(help="Ours; better in VITRINA_PDN_PASSWORD, or asked for.")] = "",
) -> None:
    """Read a search of the national digital platform whole (S1, S2, S3 first version, S6), with a token of OAuth 2."""
    import orjson

    from vitrina.insight.lists.fetch import Refused, Service

    word = password or os.environ.get("VITRINA_PDN_PASSWORD") or typer.prompt("Password", hide_input=True)
    n = 0
    try:
        with out.open("wb") as file:
            for row in Service(url.rstrip("/"), name, word).rows(path):
                file.write(orjson.dumps(row) + b"\n")
                n += 1
    except (Refused, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    typer.echo(f"{n:,} results in {out}")
