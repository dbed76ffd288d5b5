# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight sign` and `verify`: evidence that is checked offline. Exit 0 sound, 1 not, 2 wrong use."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

ZIP = ".zip"


def sign(
    source: Annotated[Path, typer.Argument(help="A document as JSON, or cards.jsonl; - for what is piped in.")],
    key: Annotated[Path, typer.Option(help="Private Ed25519 key (PEM), readable by you alone.")],
    out: Annotated[Path, typer.Option(help="FILE.json for one document; FILE.zip for all of them.")],
    id: Annotated[str, typer.Option(help="Of several cards, the one with this id or ocid.")] = "",  # noqa: A002
    also: Annotated[
        list[Path] | None, typer.Option("--with", help="A file to put into the zip, such as cards.html.")
    ] = None,
) -> None:
    """Sign evidence cards or an explanation: canonical JSON, SHA-256 and an Ed25519 signature, in one file."""
    from vitrina.insight import bundle, signed

    is_zip = out.suffix == ZIP
    if also and not is_zip:
        _stop("--with puts files into a zip: let --out end in .zip.", 2)
    try:
        data = sys.stdin.buffer.read() if str(source) == "-" else source.read_bytes()
        documents, private = _documents(data, id), signed.private_key(key)
        if is_zip:
            made = bundle.pack(documents, private, {file.name: file.read_bytes() for file in also or ()})
            out.write_bytes(made)
            told, _ = bundle.check(made)
        else:
            told = signed.sign(_only(documents), private)
            out.write_bytes(signed.encode(told))
    except (OSError, ValueError) as error:
        _stop(str(error), 2)
    typer.echo(f"{out}: sha256 {told.sha256}, key {signed.fingerprint(signed.public_key(told.signature.key))}")


def verify(
    file: Annotated[Path, typer.Argument(help="What `sign` wrote.")],
    signer: Annotated[
        str, typer.Option(help="Public key that must have signed: PEM file, base64 or a log's verifier key.")
    ] = "",
) -> None:
    """Check signed documents, offline: that nothing changed, who signed, and that a card's values follow from it."""
    from vitrina.insight import bundle, signed

    try:
        wanted = signed.public_key(signer) if signer else None
        data = file.read_bytes()
        if data.startswith(b"PK"):
            found, documents = bundle.check(data, wanted)
        else:
            found = signed.check(data, wanted)
            documents = [found.document]
    except signed.NotSound as error:
        _stop(f"{file}: NOT SOUND: {error}", 1)
    except (OSError, ValueError) as error:
        _stop(str(error), 2)
    by = signed.fingerprint(signed.public_key(found.signature.key))
    typer.echo(f"{file}: sound. sha256 {found.sha256}")
    typer.echo(f"Signed by the key that you named: {by}" if wanted else f"Signed by key {by}: ask whose it is.")
    _computed_again([document for document in documents if "bids" in document])


def _documents(data: bytes, wanted: str) -> list[dict[str, Any]]:
    """The documents of a file, one or one a line; those asked for, where some are."""
    import msgspec

    found: list[dict[str, Any]]
    try:
        found = [msgspec.json.decode(data, type=dict)]
    except msgspec.DecodeError:
        found = [msgspec.json.decode(line, type=dict) for line in data.splitlines() if line.strip()]
    if wanted:
        found = [one for one in found if wanted in (one.get("id"), one.get("ocid"))]
    if not found:
        raise ValueError("There is no such document there.")
    return found


def _only(found: list[dict[str, Any]]) -> dict[str, Any]:
    if len(found) != 1:
        raise ValueError(f"{len(found)} such documents there; name one with --id, or let --out end in {ZIP}")
    return found[0]


def _computed_again(documents: list[dict[str, Any]]) -> None:
    """Tell whether the values of cards follow from their own bids."""
    import msgspec

    from vitrina.insight.screens import cards

    n_values = n_bids = 0
    for document in documents:
        try:
            card = msgspec.convert(document, cards.Card)
        except msgspec.ValidationError as error:
            _stop(f"It is no card of this version: {error}", 1)
        wrong = cards.astray(card)
        if wrong:
            _stop(f"{card.id}: these values do not follow from its bids: {', '.join(wrong)}", 1)
        n_values, n_bids = n_values + len(card.signals), n_bids + len(card.bids)
    if documents:
        typer.echo(f"{n_values} values computed again from {n_bids} bids of {len(documents)} cards: all the same.")


def _stop(text: str, code: int) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(code)
