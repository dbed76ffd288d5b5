# SPDX-License-Identifier: Apache-2.0
"""`vitrina federate`: other installations, read together with this one.

Exit status: 0 all hold, be it that some are incomplete or stale, 1 refused or something does not hold, 2 wrong use or
nobody answers.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from .models import Member

app = typer.Typer(no_args_is_help=True, help="Other installations, read together with this one.")
Key = Annotated[str, typer.Argument(metavar="[MEMBER]", help="Its key, as `list` shows it; all of them without.")]


def _stop(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="Address of the installation: https://compras.example.gob.mx")],
    key: Annotated[str, typer.Option(help="Verifier key of its log, from a channel of its own.")] = "",
    policy: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Policy: its key, its witnesses, their quorum.")
    ] = None,
    name: Annotated[str, typer.Option(help="What it is called here; its own name unless told.")] = "",
) -> None:
    """Take an installation in: pin the key of its log, check the log whole, and take what it has published."""
    from vitrina.kernel import clock  # noqa: PLC0415 - --help answers at once
    from vitrina.ledger.note import NoteError, Vkey  # noqa: PLC0415
    from vitrina.ledger.policy import Policy, PolicyError  # noqa: PLC0415
    from vitrina.ledger.sequencer import catch_up  # noqa: PLC0415

    from . import joining  # noqa: PLC0415

    try:
        pinned = Policy.parse(policy.read_text()) if policy else Policy.of([Vkey.parse(key)]) if key else None
    except (PolicyError, NoteError, OSError, UnicodeDecodeError) as error:
        _stop(f"the key or the policy cannot be read: {error}", 2)
    try:
        member = joining.join(url, at=clock.now(), policy=pinned, name=name)
    except joining.Refused as refused:
        _stop(f"Not taken in: {refused}.", 1)
    catch_up()
    typer.echo(f"{member.name} is a member, as {member.key}. Pinned:")
    typer.echo("".join(f"  {line}\n" for line in member.policy.splitlines()), nl=False)
    if pinned is None:
        typer.echo("This is the key that it serves itself: compare it with who runs it.")
    _tell([member])


@app.command("list")
def list_() -> None:
    """Say who is a member, until which act it was checked, when, and what was found."""
    from .queries import standings  # noqa: PLC0415

    for one in standings():
        m = one.member
        checked = f"{m.checked_at:%Y-%m-%d %H:%M} UTC" if m.checked_at else "not yet"
        typer.echo(f"{m.key}  {m.url}  {m.name}")
        typer.echo(f"  {one.n} purchases, {m.size} acts, looked at {checked}: {m.verdict or 'not yet'}. {m.sentence}")


@app.command()
def update(member: Key = "") -> None:
    """Look at members now: check what is new of their logs, take what these name."""
    _tell(_members(member))


@app.command()
def check(member: Key = "") -> None:
    """Check members again from their first act, and every release that is held here. Changes nothing."""
    from .reading import recheck  # noqa: PLC0415

    _conclude([(one, recheck(one, tell=_progress)) for one in _members(member)])


@app.command()
def remove(
    member: Annotated[str, typer.Argument(metavar="MEMBER", help="Its key, as `list` shows it.")],
    reason: Annotated[str, typer.Option(help="Why; public.")] = "",
) -> None:
    """Let a member go: nothing of it is shown any more, and what was taken of it is thrown away."""
    from vitrina.kernel import clock  # noqa: PLC0415
    from vitrina.ledger.sequencer import catch_up  # noqa: PLC0415

    from .commands import leave  # noqa: PLC0415

    leave(_members(member)[0], at=clock.now(), reason=reason[:500])
    catch_up()
    typer.echo(f"{member} is no longer a member")


def _members(key: str) -> list[Member]:
    from .models import Member  # noqa: PLC0415

    rows = Member.objects.filter(removed_at=None).order_by("key")
    found = list(rows.filter(key=key) if key else rows)
    if key and not found:
        _stop(f"no member has the key {key}; `vitrina federate list` shows them", 2)
    return found


def _tell(members: list[Member]) -> None:
    from .reading import Busy, look  # noqa: PLC0415

    found = []
    for member in members:
        try:
            found.append((member, look(member, seconds=float("inf"), tell=_progress)))
        except Busy:
            _stop(f"{member.key}: another process looks at it now", 2)
    _conclude(found)


def _conclude(found: list[tuple[Member, Any]]) -> None:
    from .verdicts import HIDDEN, UNREACHABLE  # noqa: PLC0415

    for member, looked in found:
        taken = f" {looked.n} releases came." if looked.n else ""
        typer.echo(f"{member.key}: {looked.verdict}. {looked.sentence}.{taken}")
    verdicts = {looked.verdict for _member, looked in found}
    if verdicts & (HIDDEN | {UNREACHABLE}):
        raise typer.Exit(1 if verdicts & HIDDEN else 2)


def _progress(done: int, of: int) -> None:
    if of > 10_000 and done % 25_600 == 0:  # noqa: PLR2004 - a hundred bundles
        typer.echo(f"  {done} of {of} acts", err=True)
