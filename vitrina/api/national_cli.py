# SPDX-License-Identifier: Apache-2.0
"""`vitrina open load-national` and `forget-national`: contracts behind the search. Exit 0 done, 2 wrong use."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn


def load_national(
    store: Annotated[Path, typer.Argument(help="Folder of a store, as `vitrina insight ingest` makes it.")],
    flags: Annotated[
        Path | None, typer.Option(help="What `vitrina insight flags` wrote; else the flags that the store keeps.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Put the contracts of a store behind the search and its pages, in place of those of another; twice is once."""
    from vitrina.insight.store import BadStore, Store  # noqa: PLC0415 - --help answers at once
    from vitrina.profiles import making  # noqa: PLC0415
    from vitrina.profiles.flags import BadFlags  # noqa: PLC0415
    from vitrina.search.folder import Busy  # noqa: PLC0415

    began = time.monotonic()
    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("contracts to the index", total=None)
            steps = bar.add_task("profiles", total=None)
            done, is_made = making.load(
                Store(store),
                Path(settings.SEARCH_DIR),
                lambda n, of: bar.update(task, completed=n, total=of),
                lambda step: bar.update(steps, description=f"profiles: {step}"),
                flags,
            )
    except (BadStore, BadFlags, Busy, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    if as_json:
        typer.echo(json.dumps({"contracts": done.n, "was_there": done.was_there, "profiles_made": is_made}))
    elif done.was_there and not is_made:
        typer.echo(f"{done.n:,} contracts: behind the search already.")
    else:
        typer.echo(f"{done.n:,} contracts are behind the search, after {time.monotonic() - began:,.0f} s.")


def forget_national() -> None:
    """Take the contracts of a store out of the search again; the purchases of this installation stay."""
    from vitrina.search import national  # noqa: PLC0415 - --help answers at once

    typer.echo("The contracts are gone." if national.forget(Path(settings.SEARCH_DIR)) else "There were none.")
