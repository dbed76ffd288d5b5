# SPDX-License-Identifier: Apache-2.0
"""`vitrina import`: official files into the ledger. Exit 0 loaded or explained, 1 unreadable file, 2 wrong use."""

from __future__ import annotations

import json
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

app = typer.Typer(no_args_is_help=True, help="Bring official data in as ledger entries.")
Files = Annotated[
    list[Path],
    typer.Argument(
        exists=True, dir_okay=False, readable=True, metavar="FILE...", help="Official CSV files, compressed or not."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
RejectedOut = Annotated[Path | None, typer.Option(help="Write all rejected rows, with reasons, to this CSV file.")]
Lang = Annotated[str, typer.Option(help="es or en")]


def _stop(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


def _progress() -> Progress:
    """A bar with rate and time left, on the error output: the answer may be read by a program."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TextColumn("{task.fields[rate]:,}/s"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _shown(bar: Progress, task: TaskID, line: int, n_lines: int, rows: int) -> None:
    elapsed = bar.tasks[task].elapsed or 0
    bar.update(task, completed=line, total=n_lines, rows=rows, rate=round(rows / elapsed) if elapsed else 0)


@app.command()
def compranet(files: Files, as_json: AsJson = False, rejected_out: RejectedOut = None, lang: Lang = "es") -> None:
    """Append what the ledger does not hold yet of official CompraNet and ComprasMX files. Again changes nothing."""
    from django.utils import translation  # noqa: PLC0415 - --help answers at once

    from .report import Rejections, lines  # noqa: PLC0415

    if lang not in {"es", "en"}:
        _stop(f"--lang {lang[:20]!r}: es, en", 2)
    answers = []
    with ExitStack() as stack:
        stack.enter_context(translation.override(lang))
        rejections = Rejections(rejected_out, lang)
        try:
            stack.enter_context(rejections)
        except OSError as error:
            _stop(f"--rejected-out {rejected_out}: {error.strerror}", 2)
        for path in files:
            said = _load(path, rejections)
            answers.append(said)
            for line in () if as_json else lines(said, rejected_out):
                typer.echo(line, err="error" in said)
        _publish()
    if as_json:
        typer.echo(json.dumps({"files": answers}, ensure_ascii=False))
    raise typer.Exit(1 if any("error" in said for said in answers) else 0)


def _load(path: Path, rejections: Any) -> dict[str, Any]:
    """Import one file and return what is to be said of it."""
    from vitrina.compranet.refusals import UnreadableFileError  # noqa: PLC0415
    from vitrina.kernel import clock  # noqa: PLC0415

    from .commands import import_file  # noqa: PLC0415
    from .report import answer, unread  # noqa: PLC0415

    rejections.first = []
    with _progress() as bar:
        task = bar.add_task(path.name, total=None, rows=0, rate=0)
        try:
            outcome = import_file(
                path, at=clock.now(), progress=lambda *now: _shown(bar, task, *now), rejected=rejections.add
            )
        except (UnreadableFileError, OSError) as error:
            return unread(path, error, rejections.language)
    return answer(outcome, rejections)


def _publish() -> None:
    """Place the entries and bring the portal up to date, also when no sequencer is at work."""
    from vitrina.ledger.sequencer import catch_up  # noqa: PLC0415

    console = Console(stderr=True)
    with console.status("...") if console.is_terminal else nullcontext():
        catch_up()
