# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight sign` and `verify`: evidence that is checked offline. Exit 0 sound, 1 not, 2 wrong use."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer


def sign(
    source: Annotated[Path, typer.Argument(help="A document as JSON, or cards.jsonl; - for what is piped in.")],
    key: Annotated[Path, typer.Option(help="Private Ed25519 key (PEM), readable by you alone.")],
    out: Annotated[Path, typer.Option(help="FILE.json to write.")],
    id: Annotated[str, typer.Option(help="Of several cards, the one with this id or ocid.")] = "",  # noqa: A002
) -> None:
    """Sign an evidence card or an explanation: canonical JSON, its SHA-256 and an Ed25519 signature, in one file."""
    from vitrina.insight import signed

    try:
        data = sys.stdin.buffer.read() if str(source) == "-" else source.read_bytes()
        made = signed.sign(_document(data, id), signed.private_key(key))
        out.write_bytes(signed.encode(made))
    except (OSError, ValueError) as error:
        _stop(str(error), 2)
    typer.echo(f"{out}: sha256 {made.sha256}, key {signed.fingerprint(signed.public_key(made.signature.key))}")


def verify(
    file: Annotated[Path, typer.Argument(help="What `sign` wrote.")],
    signer: Annotated[
        str, typer.Option(help="Public key that must have signed: PEM file, base64 or a log's verifier key.")
    ] = "",
) -> None:
    """Check a signed document, offline: that nothing changed, who signed, and that a card's values follow from it."""
    from vitrina.insight import signed

    try:
        wanted = signed.public_key(signer) if signer else None
        found = signed.check(file.read_bytes(), wanted)
    except signed.NotSound as error:
        _stop(f"{file}: NOT SOUND: {error}", 1)
    except (OSError, ValueError) as error:
        _stop(str(error), 2)
    by = signed.fingerprint(signed.public_key(found.signature.key))
    typer.echo(f"{file}: sound. sha256 {found.sha256}")
    typer.echo(f"Signed by the key that you named: {by}" if wanted else f"Signed by key {by}: ask whose it is.")
    if "bids" in found.document:
        _computed_again(found.document)


def _document(data: bytes, wanted: str) -> dict[str, Any]:
    """The one document of a file, or of several, one a line, the one asked for."""
    import msgspec

    found: list[dict[str, Any]]
    try:
        found = [msgspec.json.decode(data, type=dict)]
    except msgspec.DecodeError:
        found = [msgspec.json.decode(line, type=dict) for line in data.splitlines() if line.strip()]
    if wanted:
        found = [one for one in found if wanted in (one.get("id"), one.get("ocid"))]
    if len(found) != 1:
        raise ValueError(f"{len(found)} such documents there; name one with --id")
    return found[0]


def _computed_again(document: dict[str, Any]) -> None:
    """Tell whether the values of a card follow from its own bids."""
    import msgspec

    from vitrina.insight.screens import cards

    try:
        card = msgspec.convert(document, cards.Card)
    except msgspec.ValidationError as error:
        _stop(f"It is no card of this version: {error}", 1)
    wrong = cards.astray(card)
    if wrong:
        _stop(f"These values do not follow from its bids: {', '.join(wrong)}", 1)
    typer.echo(f"{len(card.signals)} values computed again from its {len(card.bids)} bids: all the same.")


def _stop(text: str, code: int) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(code)
