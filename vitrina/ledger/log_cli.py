# SPDX-License-Identifier: Apache-2.0
"""`vitrina log`: check the public log and its receipts from outside, witness other logs, copy ours. No database.

Exit 0 holds, 1 does not hold, 2 cannot be decided (nobody answers, no policy, a file that is none of these).
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from .cosigning import obtain
from .fetch import opened
from .logcopy import NotCopied, copy_log
from .logverify import Report, Undecidable, served_policy, verify_log
from .monitor import EXIT, Monitor, Round
from .note import NoteError, Vkey
from .policy import Policy, PolicyError
from .proof import ProofError, parse_proof, verify_proof
from .tile_reader import TileReader
from .witness import WitnessError

app = typer.Typer(no_args_is_help=True, help="The public log: check it and its receipts, witness other logs, copy it.")
INVALID, UNDECIDED = 1, 2
NOTICES_TOLD = 5  # a log that tells old stories has hundreds
SETTINGS = "vitrina.site.settings.demo"
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
File = Annotated[Path | None, typer.Option(exists=True, dir_okay=False)]
Source = Annotated[str, typer.Argument(metavar="URL|DIR", help="Web address of a log, or a folder with one.")]
PolicyFile = Annotated[
    Path | None, typer.Option("--policy", exists=True, dir_okay=False, help="Whose signatures to ask for.")
]


@app.command()
def verify(
    source: Source,
    policy: PolicyFile = None,
    vkey: Annotated[list[str] | None, typer.Option("--vkey", help="Key of the log, in place of a policy.")] = None,
    since: Annotated[
        Path | None,
        typer.Option("--from", exists=True, dir_okay=False, help="An earlier checkpoint that it must continue."),
    ] = None,
    save: Annotated[Path | None, typer.Option("--save", help="Where to keep the checkpoint when all holds.")] = None,
    against: Annotated[str | None, typer.Option("--against", help="Another copy to compare with.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check a whole log: signature, witnesses, every entry, every tile, the root, and its growth with --from."""
    try:
        judge, is_own = _judge(policy, vkey, lambda: served_policy(source))
        saved = since.read_bytes().decode() if since else None
        with _progress() as bar:
            task = bar.add_task("entries", total=None)
            report = verify_log(
                source,
                judge,
                saved=saved,
                against=against,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
    except (Undecidable, UnicodeDecodeError) as error:
        _stop(f"Cannot be decided: {error}.", UNDECIDED, as_json)
    if report.finding is None and save is not None:
        save.write_bytes(report.note.encode())
    if as_json:
        typer.echo(json.dumps(_told(report, is_own), ensure_ascii=False))
    else:
        _tell(report, is_own)
    raise typer.Exit(INVALID if report.finding else 0)


@app.command()
def monitor(
    source: Source,
    state: Annotated[
        Path | None, typer.Option("--state", help="Where it remembers; VITRINA_VAR/monitor, else var/monitor.")
    ] = None,
    policy: PolicyFile = None,
    once: Annotated[bool, typer.Option("--once", help="One look, for a scheduler of your own.")] = False,
    every: Annotated[float, typer.Option("--every", min=1, metavar="SECONDS", help="Time between looks.")] = 300,
    stale: Annotated[float, typer.Option("--stale", min=1, metavar="SECONDS", help="Age that is too old.")] = 93_600,
    as_json: AsJson = False,
) -> None:
    """Watch a log: each look holds it to the last one. Exit 0 holds, 1 broken, 2 unreachable, 3 stale, 4 rolled back,
    5 forked; without --once, that of the last look, at Ctrl-C.
    """
    folder = state or Path(os.environ.get("VITRINA_VAR") or "var") / "monitor"
    code = UNDECIDED
    try:
        judge = _judge(policy, None, Policy)[0] if policy else None
        watch = Monitor(source, folder, judge, stale_after=timedelta(seconds=stale))
        while True:
            found = watch.look()
            code = EXIT[found.verdict]  # before the line: whoever reads it may press Ctrl-C at once
            typer.echo(json.dumps(found.told(), ensure_ascii=False) if as_json else _looked(found))
            sys.stdout.flush()  # whoever reads a line reads it when it was found
            if once:
                raise typer.Exit(code)
            time.sleep(every)
    except KeyboardInterrupt:
        raise typer.Exit(code) from None
    except (Undecidable, OSError) as error:
        _stop(f"Cannot be decided: {error}.", UNDECIDED, as_json)


@app.command()
def receipt(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="A .tlog-proof, or a receipt with all parts.")
    ],
    statement: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The statement, to the byte.")
    ] = None,
    policy: PolicyFile = None,
    as_json: AsJson = False,
) -> None:
    """Check a receipt, offline. What is not named is looked for in the file, and beside it."""
    try:
        text, said, judge, origin = _receipt(file, statement, policy)
        found = verify_proof(text, said, judge)
    except (OSError, UnicodeDecodeError, PolicyError, Undecidable) as error:
        _stop(f"Cannot be decided: {error}.", UNDECIDED, as_json)
    except ProofError as error:
        _stop(f"Does not hold: {error.reason}.", INVALID, as_json)
    if as_json:
        cosigned = [{"name": name, "seconds": seconds} for name, seconds in found.cosignatures]
        told = asdict(found) | {"root": found.root.hex(), "cosignatures": cosigned}
        told |= {"statement": said.decode(errors="replace"), "policy": origin}
        typer.echo(json.dumps({"holds": True, **told}, ensure_ascii=False))
        return
    if origin != "named":
        typer.echo(f"The policy lies {origin}: name the one that you trust with --policy.", err=True)
    typer.echo(f"Holds: leaf {found.index} of {found.log_name}, among {found.size}.{_witnessed(found.cosignatures)}")
    typer.echo(said.decode(errors="replace"))


@app.command()
def witness(
    folder: Annotated[Path, typer.Option("--dir", help="Its key and its memory.")],
    name: Annotated[str, typer.Option(help="Name of its key: testigo.example.org/1")],
    log: Annotated[list[str] | None, typer.Option("--log", help="Key of a log to watch; may be repeated.")] = None,
    policy: Annotated[
        list[Path] | None, typer.Option(exists=True, dir_okay=False, help="File whose logs to watch; may be repeated.")
    ] = None,
    listen: Annotated[str, typer.Option(help="HOST:PORT to serve on.")] = "127.0.0.1:8021",
    as_json: AsJson = False,
) -> None:
    """Run a witness (C2SP tlog-witness) until Ctrl-C: cosign what continues what it has seen, refuse the rest."""
    from . import keys  # noqa: PLC0415 - --help answers at once
    from .witness import Witness  # noqa: PLC0415
    from .witness_server import Server  # noqa: PLC0415

    host, _, port = listen.rpartition(":")
    if not (host and port.isascii() and port.isdigit()):
        _stop(f"{listen} is not HOST:PORT.", UNDECIDED, as_json)
    try:
        watched = [Vkey.parse(text) for text in log or []]
        watched += [key for path in policy or [] for key in Policy.parse(path.read_text(encoding="utf-8")).logs]
        trusted = {key.name: [k for k in watched if k.name == key.name] for key in watched}
        path = folder / "witness.key"
        judge = Witness(folder, name, keys.load(path) if path.exists() else keys.make(path), trusted)
        server = Server(judge, host.strip("[]"), int(port))
    except (OSError, ValueError, OverflowError, keys.KeyRefused) as error:
        _stop(f"The witness cannot start: {error}.", UNDECIDED, as_json)
    if not trusted:
        typer.echo("It watches no log: name some with --log or --policy.", err=True)
    told = {"url": f"http://{host}:{server.server_port}", "vkey": str(judge.vkey), "logs": sorted(trusted)}
    typer.echo(json.dumps(told) if as_json else f"{told['vkey']} cosigns {len(trusted)} logs on {told['url']}")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


@app.command()
def cosign(
    source: Source,
    url: Annotated[str, typer.Option("--witness", help="Web address of the witness.")],
    vkey: Annotated[str, typer.Option(help="Key of the witness.")],
    as_json: AsJson = False,
) -> None:
    """Ask a witness to cosign the present checkpoint of a log; prints the signature line."""
    try:
        with opened(source) as read:
            line = obtain(url, Vkey.parse(vkey), TileReader(read), read("checkpoint").decode(), timeout=10)
    except WitnessError as error:
        is_refusal = error.status in {400, 403, 404, 409, 422}
        _stop(f"Not cosigned: {error.detail}.", INVALID if is_refusal else UNDECIDED, as_json)
    except (OSError, ValueError) as error:
        _stop(f"Cannot be decided: {error}.", UNDECIDED, as_json)
    typer.echo(json.dumps({"holds": True, "line": line}, ensure_ascii=False) if as_json else line, nl=as_json)


@app.command()
def export(
    out: Annotated[Path, typer.Option("--out", help="Folder to write into.")],
    source: Annotated[
        str | None, typer.Option("--source", metavar="URL|DIR", help="Another log than this installation's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Copy the log into a folder that any file server can serve; again into the same folder adds what is new."""
    try:
        with opened(source or str(_own_folder())) as read, _progress() as bar:
            task = bar.add_task("files", total=None)
            size = copy_log(read, out, lambda n: bar.update(task, completed=n))
    except (NotCopied, OSError) as error:
        _stop(f"Not copied: {error}.", INVALID, as_json)
    typer.echo(json.dumps({"size": size, "out": str(out)}) if as_json else f"Copied {size} leaves into {out}.")


def _own_folder() -> Path:
    """Where this installation's sequencer publishes; the settings know."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    importlib.import_module("django").setup()
    folder: Path = importlib.import_module("vitrina.ledger.published").folder()
    return folder


def _judge(file: Path | None, vkeys: list[str] | None, served: Callable[[], Policy]) -> tuple[Policy, bool]:
    """The policy that was asked for, and whether it is only the log's own word. Errors: `Undecidable`."""
    try:
        if file is not None:
            return Policy.parse(file.read_text(encoding="utf-8")), False
        if vkeys:
            return Policy.of([Vkey.parse(text) for text in vkeys]), False
    except (UnicodeDecodeError, PolicyError, NoteError) as error:
        raise Undecidable(f"no policy: {error}") from error
    return served(), True


def _receipt(file: Path, statement: Path | None, policy: Path | None) -> tuple[str, bytes, Policy, str]:
    """A receipt, its statement, its policy and where that came from: named, beside the receipt, or in it.

    Errors: `Undecidable` when one cannot be found, `PolicyError`, `ProofError`, `OSError`, `UnicodeDecodeError`.
    """
    text = file.read_bytes().decode()
    parts = _parts(text)
    proof = parts.get("proof", text)
    if statement or not (said := parts.get("statement", "").encode()):
        statement = statement or _beside(file, ".statement.json")
        said = statement.read_bytes() if statement else parse_proof(proof).extra or b""
    if not said:
        raise Undecidable("no statement: name it with --statement")
    if path := policy or _beside(file, ".policy"):
        return proof, said, Policy.parse(path.read_bytes().decode()), "named" if policy else "beside the receipt"
    if "policy" not in parts:
        raise Undecidable("no policy: name it with --policy")
    return proof, said, Policy.parse(parts["policy"]), "in the receipt"


def _parts(text: str) -> dict[str, str]:
    """The texts in a receipt that is one JSON file with all its parts, as bidders keep it; none in any other file."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return {k: v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}


def _beside(file: Path, ending: str) -> Path | None:
    path = file.with_name(file.name.removesuffix(file.suffix) + ending)
    return path if path.is_file() else None


def _told(report: Report, is_own: bool) -> dict[str, Any]:
    told = asdict(report) | {
        "holds": report.finding is None,
        "policy": "served by the log" if is_own else "given",
        "cosignatures": [{"name": name, "seconds": seconds} for name, seconds in report.cosignatures],
    }
    finding = told.pop("finding")
    return told | (finding or {})


def _tell(report: Report, is_own: bool) -> None:
    if is_own:
        typer.echo("The policy is the log's own: name the one that you trust with --policy or --vkey.", err=True)
    for notice in report.notices[:NOTICES_TOLD]:
        typer.echo(f"Note: {notice.where}: {notice.problem}.", err=True)
    if report.n_notices > NOTICES_TOLD:
        typer.echo(f"Note: {report.n_notices - NOTICES_TOLD} more notes; --json tells more of them.", err=True)
    if report.finding:
        typer.echo(f"Does not hold: {report.finding.where}: {report.finding.problem}.", err=True)
        return
    typer.echo(f"Holds: {report.origin}, {report.size} leaves, root {report.root}.{_witnessed(report.cosignatures)}")
    grown = "" if report.grew_from is None else f" It continues the checkpoint of {report.grew_from} leaves."
    typer.echo(f"{report.entries} entries and {report.files} files checked.{grown}")


def _looked(found: Round) -> str:
    odd = "".join(f"\n  Note: {n.where}: {n.problem}." for n in found.notices[:NOTICES_TOLD])
    return f"{found.at:%Y-%m-%dT%H:%M:%SZ} {found.sentence}{odd}"


def _witnessed(cosignatures: list[tuple[str, int]]) -> str:
    seen = [f"{name} at {_instant(at)}" for name, at in cosignatures]
    return f" Cosigned by {', '.join(seen)}." if seen else ""


def _instant(seconds: int) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (OverflowError, ValueError, OSError):
        return f"second {seconds}"


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _stop(message: str, code: int, as_json: bool) -> NoReturn:
    if as_json:
        typer.echo(json.dumps({"holds": False if code == INVALID else None, "problem": message}, ensure_ascii=False))
    else:
        typer.echo(message, err=True)
    raise typer.Exit(code)
