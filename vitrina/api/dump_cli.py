# SPDX-License-Identifier: Apache-2.0
"""`vitrina open dump`: everything public as files. Exit 0 done, 1 not written and the former files stand, 2 use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


def dump(
    out: Annotated[
        Path | None, typer.Option(help="Folder; that which is served at /datos/ when not told.", file_okay=False)
    ] = None,
    with_flags: Annotated[
        bool | None, typer.Option("--flags/--no-flags", help="Red flags too; as the time before when not told.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing when it is done.")] = False,
    anew: Annotated[bool, typer.Option("--all", help="Write every file, not only what changed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest.")] = False,
) -> None:
    """Write everything public as files, or renew them: only years that changed are written."""
    from django.conf import settings  # noqa: PLC0415 - --help answers at once

    from .dumps.folder import MANIFEST, Busy  # noqa: PLC0415
    from .dumps.make import make  # noqa: PLC0415

    place = out or Path(settings.DUMP_DIR)
    columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed}"), TimeElapsedColumn())
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True, disable=as_json or quiet) as bar:
            task = bar.add_task("rows", total=None)
            done = make(place, with_flags=with_flags, anew=anew, tell=lambda n: bar.advance(task, n))
    except (Busy, OSError) as why:
        typer.echo(f"Not renewed, the former files stand: {why}.", err=True)
        raise typer.Exit(1) from None
    if as_json:
        typer.echo((place / MANIFEST).read_text(encoding="utf-8"))
    elif not quiet:
        size = sum(file.bytes for file in done.files)
        typer.echo(f"{len(done.files)} files, {size:,} bytes, whole up to act {done.position}, in {place}.")
