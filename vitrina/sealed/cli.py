# SPDX-License-Identifier: Apache-2.0
"""`vitrina sealed`: seal, open, audit envelopes without a network. Exit 0 it holds, 1 it does not, 2 undecidable."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from vitrina.kernel import clock

from . import contents, folder, keyfiles, keys, opening, report, submission
from .errors import SealedError
from .objects import Manifest, parse

app = typer.Typer(no_args_is_help=True, help="Sealed bids: seal, open and audit them offline, on exported files.")
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
ManifestFile = Annotated[Path, typer.Option("--manifest", help="Manifest of the envelope, canonical JSON.")]
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _stop(message: object, code: int) -> NoReturn:
    typer.echo(str(message), err=True)
    raise typer.Exit(code)


def _answer(told: dict[str, Any], lines: list[str], *, as_json: bool) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(lines))


def _manifest(path: Path) -> Manifest:
    try:
        found = parse(path.read_bytes(), demo=True)
    except OSError as error:
        _stop(f"{path}: {error.strerror}", 2)
    except SealedError as error:
        _stop(f"{path}: {error}", 2)
    if not isinstance(found, Manifest):
        _stop(f"{path}: it is a {found.type}, not the manifest of a bid", 2)
    return found


@app.command("open")
def open_(
    manifest: ManifestFile,
    files: Annotated[Path, typer.Option("--files", help="Folder of ciphertexts, each named by its SHA-256.")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write the documents and report.json into.")],
    shares: Annotated[Path | None, typer.Option("--shares", help="Folder of shares: 33 bytes, hex or base64.")] = None,
    identity: Annotated[
        Path | None, typer.Option("--identity", help="Instead of shares: the bidder's backup or the published key.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Open an envelope from k shares: check every digest, decrypt, compare with its index, say who was at fault."""
    found = _manifest(manifest)
    if (shares is None) == (identity is None):
        _stop("Give --shares or --identity, one of the two.", 2)
    told: dict[str, Any] = {"opened": False, "recipient": found.recipient, "unreadable_shares": []}
    try:
        recovered = _recover(found, shares, identity, told)
        problems = _open_into(found, recovered.identity, files, out, told)
    except SealedError as error:
        told |= {"problem": error.code, "detail": error.detail, "false_shares": list(getattr(error, "false", ()))}
        problems = [(error.code, error.detail)]
    except OSError as error:
        _stop(f"{error.filename}: {error.strerror}", 2)
    told["problems"] = [{"code": code, "detail": detail} for code, detail in problems]
    told["opened"] = not problems
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "report.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        _stop(f"{out}: {error.strerror}", 2)
    _answer(told, [*_opened_lines(told, out), *(f"{code}: {detail}" for code, detail in problems)], as_json=as_json)
    raise typer.Exit(1 if problems else 0)


def _recover(found: Manifest, shares: Path | None, identity: Path | None, told: dict[str, Any]) -> opening.Recovered:
    if identity is not None:
        recovered = opening.recover_from_backup(found, keyfiles.read_identity(identity))
    else:
        assert shares is not None
        given, others = keyfiles.read_shares(shares)
        told["unreadable_shares"] = others
        recovered = opening.recover(found, given)
    told |= {"false_shares": list(recovered.false), "share_audit": list(recovered.share_audit)}
    return recovered


def _open_into(found: Manifest, identity: str, files: Path, out: Path, told: dict[str, Any]) -> list[tuple[str, str]]:
    """Digests of everything first; only then is anything decrypted."""
    store = contents.Store(files)
    with _progress() as bar:
        checking = bar.add_task("digests", total=found.size)
        problems = contents.check_files(found, store, lambda n: bar.update(checking, completed=n))
        if problems:
            return problems
        out.mkdir(parents=True, exist_ok=True)
        reading = bar.add_task("decrypting", total=found.size)
        held = contents.read(found, identity, store, out, lambda n: bar.update(reading, completed=n))
    told["files"] = msgspec.to_builtins(held.documents)
    told["offer"] = msgspec.to_builtins(held.index.offer) if held.index else None
    return held.problems


def _opened_lines(told: dict[str, Any], out: Path) -> list[str]:
    lines = []
    if told["opened"]:
        lines.append(f"Opened: {len(told['files'])} documents in {out}.")
        if told["offer"]:
            lines.append(f"Total of the offer: {told['offer']['total']} {told['offer']['currency']}.")
    if told.get("false_shares"):
        lines.append(f"False shares, not what the bidder committed to: {told['false_shares']}.")
    wronged = [x for x, is_true in enumerate(told.get("share_audit", ()), start=1) if not is_true]
    if wronged:
        lines.append(f"The bidder committed to false shares for openers {wronged}.")
    return lines + [f"Not a share: {name}" for name in told["unreadable_shares"]]


@app.command()
def audit(
    directory: Annotated[Path, typer.Argument(help="Folder exported by the site.")],
    log: Annotated[Path | None, typer.Option("--log", help="Copy of the log; by default `log` in the folder.")] = None,
    policy: Annotated[
        Path | None, typer.Option("--policy", help="Whose signatures count; by default `policy` in the folder.")
    ] = None,
    at: Annotated[str, typer.Option("--at", help="Month of the audit, YYYY-MM; by default this one.")] = "",
    as_json: AsJson = False,
) -> None:
    """Account for every blinded leaf, and for every envelope that was or was not opened. Exit 1 on any finding."""
    month = at or clock.system().strftime("%Y-%m")
    if not _MONTH.fullmatch(month):
        _stop(f"--at {at[:40]!r}: a month is YYYY-MM.", 2)
    if policy is not None and not policy.is_file():
        _stop(f"{policy}: no such file", 2)
    try:
        case = folder.read(directory)
        with _progress() as bar:
            tasks: dict[str, Any] = {}

            def advance(c: str, done: int, total: int) -> None:
                if c not in tasks:
                    tasks[c] = bar.add_task(c[:12], total=total)
                bar.update(tasks[c], completed=done)

            found = report.audit_folder(case, log, policy, month=month, progress=advance)
    except SealedError as error:
        _stop(f"Cannot be decided: {error}", 2)
    except OSError as error:
        _stop(f"Cannot be decided: {error.filename}: {error.strerror}", 2)
    _answer(report.as_dict(case.case.ocid, month, found), report.lines(case.case.ocid, found), as_json=as_json)
    raise typer.Exit(1 if found.findings else 0)


@app.command()
def seal(
    context: Annotated[Path, typer.Option("--context", help="What the site exported for sealing, JSON.")],
    offer: Annotated[Path, typer.Option("--offer", help="Your bid: {offer, responses, statement}, JSON.")],
    out: Annotated[Path, typer.Option("--out", help="New folder to write into.")],
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILES", help="Documents of the bid.")] = None,
    replaces: Annotated[
        Path | None, typer.Option("--replaces", help="Manifest of the bid that this replaces.")
    ] = None,
    cer: Annotated[Path | None, typer.Option("--cer", help="Certificate of the e.firma; signs at once.")] = None,
    key: Annotated[Path | None, typer.Option("--key", help="Private key of the e.firma.")] = None,
    password_file: Annotated[
        Path | None, typer.Option("--password-file", help="File with the key's password; by default it is asked.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Seal a bid on this machine: ciphertexts, manifest, your backup key, what to sign or the signed submission."""
    if (cer is None) != (key is None):
        _stop("--cer and --key go together.", 2)
    paths = files or []
    try:
        sign = None
        if cer is not None and key is not None:
            sign = submission.signer(cer, key, _password(password_file), clock.system())
        told = submission.read_json(context, submission.Context)
        with _progress() as bar:
            task = bar.add_task("sealing", total=sum(path.stat().st_size for path in paths))
            written = submission.seal_into(
                out,
                told,
                submission.read_json(offer, submission.Bid),
                paths,
                previous=replaces.read_bytes() if replaces else None,
                sign=sign,
                progress=lambda n: bar.update(task, completed=n),
            )
    except SealedError as error:
        _stop(f"Not sealed: {error}", 2)
    except OSError as error:
        _stop(f"Not sealed: {error.filename}: {error.strerror}", 2)
    lines = [
        f"Sealed: {written.c}",
        *(f"Opener: {o.name or o.id}, {o.body}: {o.recipient}" for o in told.panel),
        f"Keep {written.identity}: with it your envelope opens even when the openers lose their keys.",
        f"Submit {written.submission}." if written.signed else f"Sign the bytes of {written.to_sign}; then submit.",
    ]
    _answer(msgspec.to_builtins(written, enc_hook=str), lines, as_json=as_json)


def _password(path: Path | None) -> bytes:
    if path is not None:
        return path.read_bytes().rstrip(b"\r\n")
    asked: str = typer.prompt("Password of the e.firma", hide_input=True, err=True)
    return asked.encode()


@app.command()
def keygen(
    out: Annotated[Path, typer.Option("--out", help="New file for the key; only you must read it.")],
    as_json: AsJson = False,
) -> None:
    """Make the key of an opener; the stock `age` program reads the file. Register what it prints, keep the file."""
    secret = keys.new_secret()
    try:
        keyfiles.write_identity(out, keys.identity(secret), "Vitrina: key of an opener of sealed bids")
    except OSError as error:
        _stop(f"{out}: {error.strerror}", 2)
    recipient = keys.recipient(secret)
    _answer({"recipient": recipient, "file": str(out)}, [recipient], as_json=as_json)


@app.command()
def share(
    manifest: ManifestFile,
    identity: Annotated[Path, typer.Option("--identity", help="Your key as an opener.")],
    out: Annotated[Path, typer.Option("--out", help="File to write the 33 bytes of your share into.")],
    as_json: AsJson = False,
) -> None:
    """Take an opener's own share out of a manifest and check it. Exit 1 when the bidder dealt a false one."""
    found = _manifest(manifest)
    try:
        key = keyfiles.read_identity(identity)
        for dealt in found.shares:
            try:
                value = opening.decrypt_share(key, dealt.age)
            except SealedError:
                continue
            if not opening.check_share(found.ctx, dealt.commit, value):
                _stop(f"share {dealt.x} ({dealt.opener}) is not the one that the bidder committed to", 1)
            out.write_bytes(value)
            told = {"opener": dealt.opener, "x": dealt.x, "file": str(out)}
            _answer(told, [f"Share {dealt.x} ({dealt.opener}) is as committed; written to {out}."], as_json=as_json)
            return
    except SealedError as error:
        _stop(error, 2)
    except OSError as error:
        _stop(f"{error.filename}: {error.strerror}", 2)
    _stop("No share of this manifest is sealed to that key.", 1)
