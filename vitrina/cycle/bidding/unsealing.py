# SPDX-License-Identifier: Apache-2.0
"""Opening live envelopes: key from shares, ciphertext against the manifest, then what it holds.

Specification: sealed bids, section 8, steps 3 to 7. It runs once enough openers have given their shares in the act,
outside the transaction of any act: an envelope may hold gigabytes. What it finds waits for the officer to open.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from django.core.files import File

from vitrina.cycle.core import files
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.planning.queries import items_of
from vitrina.kernel import ids
from vitrina.sealed import index as sealed_index
from vitrina.sealed import objects, opening
from vitrina.sealed.client import ANSWERS
from vitrina.sealed.errors import SealedError, Unopenable

from . import envelope, vault
from .contents import MAX_ANSWERS, BadOffer, Content, content_of
from .models import Envelope, Unsealed
from .queries import cancelled_entry

log = logging.getLogger(__name__)
LARGEST = 4 * 1024**3  # bytes of a document of a bid
LONGEST_SEALED = 2 * MAX_ANSWERS  # bytes of a ciphertext of answers: age adds little
# What was found and stays: the bytes are those that were signed, and the key is theirs. The rest may still be mended.
FINAL = ("", "unreadable", "offer")


@dataclass(frozen=True, slots=True)
class _Key:
    identity: str
    share_audit: tuple[bool, ...] = ()
    by_backup: bool = False


class _Problem(Exception):
    """Why an envelope cannot be opened: a key of `events.PROBLEMS`, and a sentence for the minutes."""

    def __init__(self, code: str, detail: str, share_audit: tuple[bool, ...] = ()) -> None:
        super().__init__(detail)
        self.code, self.detail, self.share_audit = code, detail, share_audit


def unseal_ready(process: Process) -> list[Unsealed]:
    """Try every live envelope for which enough keys were given and that was not read yet; returns what was found.

    Nothing is read any more once the purchase was cancelled, whatever keys were given before.
    """
    if cancelled_entry(process):
        return []
    found = []
    for row in envelope.live_of(process):
        former = envelope.unsealed_of(row)
        if former is not None and former.problem in FINAL:
            continue
        given = envelope.true_shares(row, envelope.BIDS)
        if len(given) >= objects.parse(row.object.encode()).k:
            found.append(_attempt(row, lambda row=row, given=given: _from_shares(row, given)))
    return found


def unseal_with_backup(row: Envelope, identity: str) -> Unsealed:
    """Read an envelope with its bidder's own key, which the caller has checked against the commitment."""
    return _attempt(row, lambda: _from_backup(row, identity))


def confirmed(row: Envelope) -> Unsealed | None:
    """What was found in an envelope, compared with the envelope once more; read anew where the rows say otherwise.

    Hours may lie between the keys and the opening; nobody must be able to write a price meanwhile.
    """
    kept = envelope.unsealed_of(row)
    if kept is None or kept.problem or _agrees(row, kept):
        return kept
    log.error("what was kept of the envelope %s is not what it holds: it is read again", row.c)
    given = envelope.true_shares(row, envelope.BIDS)
    return _attempt(row, lambda: _from_backup(row, kept.identity) if kept.by_backup else _from_shares(row, given))


def _agrees(row: Envelope, kept: Unsealed) -> bool:
    """Whether prices, answers and digests of documents are those of the ciphertexts.

    It reads the index and the answers alone: it runs in the act's transaction, and the documents may be gigabytes.
    """
    try:
        said = msgspec.convert(kept.content["content"], Content)
        if not envelope.identity_fits(row, kept.identity):
            return False
        first, *others = envelope.files_of(row)
        index = opening.decrypt_index(vault.whole(first), kept.identity)
        pairs = zip(others, index.files, strict=True)
        answers = next((_answers(file, told, kept.identity) for file, told in pairs if told.name == ANSWERS), b"")
        found, notes = content_of(msgspec.to_builtins(index.offer), answers, items_of(row.process))
    except (ValueError, LookupError, TypeError, msgspec.MsgspecError, _Problem):
        return False
    is_sent = {d.sha256 for d in said.documents} <= {told.sha256 for told in index.files}
    return is_sent and (found, notes) == (msgspec.structs.replace(said, documents=()), kept.content["notes"])


def _answers(file: dict[str, Any], told: sealed_index.IndexFile, identity: str) -> bytes:
    """The answers of an envelope; of a file that is too long to be answers, as much as shows that it is."""
    if file["size"] > LONGEST_SEALED:
        return b" " * (MAX_ANSWERS + 1)
    path = _plain(vault.whole(file), told, identity)
    try:
        return _read_answers(path)
    finally:
        path.unlink()


def _read_answers(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_ANSWERS + 1)


def _attempt(row: Envelope, key: Any) -> Unsealed:
    try:
        used = key()
        content, notes, withheld = _read(row, used.identity)
    except _Problem as problem:
        return envelope.keep_unsealed(
            row, problem=problem.code, detail=problem.detail, share_audit=list(problem.share_audit)
        )
    kept = {"content": msgspec.to_builtins(content), "notes": notes, "withheld": withheld}
    return envelope.keep_unsealed(
        row,
        problem="",
        detail="",
        identity=used.identity,
        content=kept,
        share_audit=list(used.share_audit),
        by_backup=used.by_backup,
    )


def _from_shares(row: Envelope, given: list[bytes]) -> _Key:
    manifest = objects.parse(row.object.encode())
    try:
        found = opening.recover(manifest, given)
    except Unopenable as error:
        fault = "no_keys" if error.code == "too_few_shares" else "dealer"
        raise _Problem(fault, error.detail) from error
    return _Key(found.identity, tuple(found.share_audit))


def _from_backup(row: Envelope, identity: str) -> _Key:
    manifest = objects.parse(row.object.encode())
    try:
        found = opening.recover_from_backup(manifest, identity)
    except Unopenable as error:
        raise _Problem("dealer", error.detail) from error
    return _Key(found.identity, tuple(found.share_audit), by_backup=True)


def _read(row: Envelope, identity: str) -> tuple[Any, list[str], list[str]]:
    """(contents with documents, notes, documents withheld). The hash of each ciphertext is compared first."""
    if not envelope.is_complete(row):
        raise _Problem("not_received", "")
    try:
        paths = [vault.whole(file) for file in envelope.files_of(row)]
    except vault.BadPart as error:
        raise _Problem("damaged", str(error)) from error
    plain: list[Path] = []
    try:
        index = opening.decrypt_index(paths[0], identity)
        if len(index.files) != len(paths) - 1:
            raise _Problem("unreadable", f"the index names {len(index.files)} files, {len(paths) - 1} were sent")
        for path, told in zip(paths[1:], index.files, strict=True):
            plain.append(_plain(path, told, identity))
        return _content(row, index, plain)
    except SealedError as error:
        raise _Problem("unreadable", error.detail) from error
    finally:
        for path in plain:
            path.unlink(missing_ok=True)


def _plain(path: Path, told: sealed_index.IndexFile, identity: str) -> Path:
    """The decrypted file beside its ciphertext; its hash must be the one of the index.

    Its name is of this reading alone: two openers who give their keys at once have the envelope read twice.
    """
    target = path.with_name(f"{path.name}.{ids.token(8)}.plain")
    found = opening.decrypt_file(path, target, identity)
    if found != told.sha256:
        target.unlink(missing_ok=True)
        name = files.clean_name(told.name)
        raise _Problem("unreadable", f"«{name}» is not the file that the signed index names")
    return target


def _content(row: Envelope, index: sealed_index.Index, plain: list[Path]) -> tuple[Any, list[str], list[str]]:
    answers, documents, withheld = None, [], []
    for told, path in zip(index.files, plain, strict=True):
        if told.name == ANSWERS and answers is None:
            answers = _read_answers(path)
            continue
        try:
            documents.append(_document(row, told, path, len(documents) + 1))
        except Refused as refused:
            withheld.append(f"{told.sha256} {refused.refusals[0].message}")
    try:
        content, notes = content_of(msgspec.to_builtins(index.offer), answers or b"", items_of(row.process))
    except BadOffer as error:
        raise _Problem("offer", str(error)) from error
    return msgspec.structs.replace(content, documents=tuple(documents)), notes, withheld


def _document(row: Envelope, told: sealed_index.IndexFile, path: Path, n: int) -> Any:
    """Keep a document of the bid, not public yet. Nobody could look into it before: it is inspected now."""
    with path.open("rb") as source:
        stored = files.store(File(source, name=told.name), public=False, field="documents", largest=LARGEST)
    title = files.clean_name(told.name).rpartition(".")[0] or told.name
    return files.reference(stored, id=f"bid-{row.c[:26]}-{n}", title=title, document_type="submissionDocuments")
