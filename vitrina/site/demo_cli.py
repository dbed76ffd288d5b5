# SPDX-License-Identifier: Apache-2.0
"""`vitrina demo`: run a whole purchase from the command line, move the world's clock."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

app = typer.Typer(no_args_is_help=True, help="The demonstration: run a purchase, move the clock.")
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


@app.command()
def run(
    until: Annotated[str, typer.Option("--until", help="Stage at which to stop: planning ... payment.")] = "payment",
    as_json: AsJson = False,
) -> None:
    """Do a whole purchase through the same commands that people use, up to a stage."""
    from django.db import transaction

    from vitrina.cycle import STAGES
    from vitrina.ledger.sequencer import catch_up
    from vitrina.site.demo.clock import now
    from vitrina.site.demo.load import ensure_people
    from vitrina.site.demo.script import run_purchase

    if until not in STAGES:
        typer.echo(f"No stage is called {until!r}. Stages: {', '.join(STAGES)}.", err=True)
        raise typer.Exit(2)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=as_json) as bar:
        task = bar.add_task("people", total=STAGES.index(until) + 1)
        world = ensure_people()

        def reached(stage: str) -> None:
            bar.update(task, advance=1, description=stage)

        with transaction.atomic():  # told in the past: a sequencer at work would close what is long due
            process = run_purchase(world, until=until, now=now(), reached=reached)
    catch_up()
    answer = {"ocid": process.ocid, "number": process.number, "stage": process.stage, "title": process.title}
    typer.echo(json.dumps(answer) if as_json else f"{process.title}: {process.ocid}, stage {process.stage}.")


@app.command()
def camera(
    port: Annotated[
        int, typer.Option(help="Port of the loopback on which nginx takes RTMP.", min=1, max=65535)
    ] = 1935,
) -> None:
    """Send a test picture with a clock while a public act is held, until stopped (`vitrina up` starts it)."""
    import signal
    import threading

    from vitrina.site.demo import camera as test_picture

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    test_picture.run(port, stop)


@app.command()
def history(
    contracts: Annotated[int, typer.Option(help="How many.", min=500)] = 56_000,
    flags: Annotated[bool, typer.Option(help="Judge them by the red flags.")] = True,
    as_json: AsJson = False,
) -> None:
    """Put a synthetic history of contracts behind the search and its pages, once (`vitrina up` does it)."""
    from vitrina.site.demo.history import put_behind_the_search

    with Progress(
        TextColumn("{task.description}"), TimeElapsedColumn(), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task("", total=None)
        done = put_behind_the_search(contracts, lambda text: bar.update(task, description=text), with_flags=flags)
    if done is None:
        typer.echo("Another store is behind the search: it stays (`vitrina open forget-national`).")
        return
    n = {"contracts": done.n, "was_there": done.was_there}
    typer.echo(json.dumps(n) if as_json else f"{done.n:,} synthetic contracts are behind the search.")


@app.command()
def clock(
    step: Annotated[str, typer.Argument(help="+30m, +1h, +1d, +2w; nothing shows the clock.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show the demonstration's clock, or move it forward."""
    from vitrina.site.demo import clock as world_clock

    try:
        now = world_clock.advance(world_clock.parse_step(step)) if step else world_clock.now()
    except (world_clock.BadStep, OverflowError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    typer.echo(json.dumps({"now": now.isoformat()}) if as_json else now.isoformat())
