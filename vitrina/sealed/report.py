# SPDX-License-Identifier: Apache-2.0
"""The audit of a whole exported folder: log, leaves, signatures, ciphertexts, keys. Source: sealed-bids, section 9."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from vitrina.kernel.canonical import canonical, digest

from . import contents, logcopy
from .audit import Finding, Result, Revealed, examine
from .errors import SealedError
from .folder import Folder
from .keys import secret_of
from .objects import PAYLOAD_TYPES, Manifest, parse
from .opening import share_audit
from .shares import key_commit
from .signature import verify_record

CODES: Final = {
    "log_differs": "the entries of the log are not those of its checkpoint",
    "checkpoint_unsigned": "a checkpoint is not signed by those whom the policy asks for",
    "deadline_differs": "the deadline's checkpoint is of another size or another log",
    "cancellation_differs": "the log does not hold that the tender was cancelled before its bids were opened",
    "ciphertext_missing": "a ciphertext of an opened envelope is not there",
    "ciphertext_changed": "a ciphertext is not the one that the signed manifest fixes",
    "identity_differs": "the published key is not the one that the bidder committed to",
    "contents_unreadable": "a ciphertext does not open with the committed key",
    "contents_differ": "a document is not the one that the index of the envelope names",
}
STATES: Final = {"live": "in force", "superseded": "replaced", "withdrawn": "withdrawn", "late": "late"}
CANCELLED: Final = {
    False: "The log holds that the tender was cancelled before its bids were opened: none is to be opened.",
    True: "The folder says that the tender was cancelled before its bids were opened: compare with the log.",
}
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What an outsider's audit found. `decided_by`: "log" when the leaves come from a copy of the log, else "list".
    `cancelled`: the leaf that cancelled the tender before its bids were opened.
    """

    findings: tuple[Finding, ...]
    result: Result
    decided_by: str
    signatures_checked: bool
    leaves: int
    files_checked: int
    envelopes_read: int
    notes: tuple[str, ...]
    cancelled: int | None = None


def audit_folder(
    folder: Folder,
    log: Path | None = None,
    policy: Path | None = None,
    *,
    month: str | None = None,
    progress: Progress = lambda *_: None,
) -> Report:
    """Everything that the folder lets anyone check. Errors: `SealedError` when it cannot be decided.

    `log` is a copy of the log (default: `log/` in the folder); without any, the folder's own list of leaves is taken.
    `policy` says whose signatures count (default: `policy` in the folder, which is the operator's own word).
    `progress` gets the digest of an envelope, the bytes of it done, the bytes it has.
    """
    case, where = folder.case, log or folder.path / "log"
    copy = logcopy.read(
        where if log or where.is_dir() else None,
        case.deadline_size,
        folder.path / "deadline",
        policy or folder.path / "policy",
        ocid=case.ocid,
    )
    if copy.leaves is None and not folder.has_leaves:
        raise SealedError("folder_incomplete", "there is neither leaves.jsonl nor a copy of the log")
    leaves: Mapping[int, Mapping[str, Any]] = folder.leaves if copy.leaves is None else copy.leaves
    manifests = _manifests(folder.reveals)
    cancelled = case.cancelled if copy.leaves is None else copy.cancelled
    result = examine(
        leaves.items(),
        folder.reveals,
        case.deadline_size,
        case.opened,
        signature_holds,
        ocid=case.ocid,
        month=month,
        unopenable={c for c, why in case.failed.items() if c in manifests and _proven(manifests[c][1], why.shares)},
        cancelled=cancelled,
    )
    evidence = _Evidence(folder, manifests, progress)
    of_the_log = [Finding(None, code, "", text) for code, text in copy.problems]
    if case.cancelled not in {None, cancelled}:
        of_the_log.append(Finding(case.cancelled, "cancellation_differs", "", CODES["cancellation_differs"]))
    notes = [CANCELLED[copy.leaves is None]] if cancelled is not None else []
    return Report(
        (*of_the_log, *result.findings, *evidence.findings()),
        result,
        "list" if copy.leaves is None else "log",
        copy.signatures_checked,
        len(leaves),
        evidence.files,
        evidence.read,
        (*notes, *evidence.notes),
        cancelled,
    )


def signature_holds(found: Mapping[str, Any], record: Any) -> bool:
    """Whether a record signs an object, and names its supplier where it names an RFC.

    Whose key it is, no folder can prove: that takes the authority that issued the certificate, or the site's register.
    """
    if not isinstance(record, dict) or (record.get("rfc") or found["supplier"]) != found["supplier"]:
        return False
    return verify_record(record, PAYLOAD_TYPES[found["type"]], canonical(dict(found)))


@dataclass(slots=True)
class _Evidence:
    """Ciphertexts and published keys of the opened envelopes."""

    folder: Folder
    manifests: Mapping[str, tuple[int, Manifest]]
    progress: Progress
    files: int = 0
    read: int = 0
    notes: list[str] = field(default_factory=list)

    def findings(self) -> Iterator[Finding]:
        """What does not hold, envelope by envelope in order of the log."""
        known = [(*self.manifests[c], c) for c in set(self.folder.case.opened) if c in self.manifests]
        for index, manifest, c in sorted(known, key=lambda one: one[0]):
            for code, text in self._of(manifest, c):
                yield Finding(index, code, c, f"{CODES[code]}: {text}")

    def _of(self, manifest: Manifest, c: str) -> Iterator[tuple[str, str]]:
        identity = self.folder.case.identities.get(c)
        problem = self._identity(manifest, c, identity) if identity else ""
        if problem:
            yield "identity_differs", problem
        if not (self.folder.path / "files").is_dir():
            return
        store = contents.Store(self.folder.path / "files")
        problems = contents.check_files(manifest, store, lambda n: self.progress(c, n, manifest.size))
        if not identity and manifest.envelope != "economica":  # its ciphertexts need not be public
            problems = [(code, text) for code, text in problems if code != "ciphertext_missing"]
        yield from problems
        self.files += len(manifest.files)
        if identity and not problem and not problems:
            yield from contents.read(manifest, identity, store).problems
            self.read += 1

    def _identity(self, manifest: Manifest, c: str, identity: str) -> str:
        """Why a published key is not that of the envelope; notes whom the dealer gave a false share."""
        try:
            secret = secret_of(identity)
        except SealedError as error:
            return str(error)
        if key_commit(manifest.ctx, secret) != manifest.key_commit:
            return "its commitment is another one"
        wronged = [
            dealt.opener
            for dealt, true in zip(manifest.shares, share_audit(manifest, secret), strict=True)
            if not true
        ]
        if wronged:
            self.notes.append(f"{c}: its bidder committed to a false share for {', '.join(wronged)}")
        return ""


def _manifests(reveals: Mapping[int, Revealed]) -> dict[str, tuple[int, Manifest]]:
    """Digest -> (leaf index, manifest) of the bids that are well formed; `examine` names the others."""
    found: dict[str, tuple[int, Manifest]] = {}
    for index, shown in sorted(reveals.items()):
        try:
            data = canonical(dict(shown.object))
            manifest = parse(data, demo=True)
        except (ValueError, RecursionError):
            continue
        if isinstance(manifest, Manifest):
            found.setdefault(digest(data), (index, manifest))
    return found


def _proven(manifest: Manifest, shares: tuple[str, ...]) -> bool:
    try:
        return contents.proves_dealer_fault(manifest, [bytes.fromhex(share) for share in shares])
    except ValueError:
        return False


def as_dict(ocid: str, month: str, found: Report) -> dict[str, Any]:
    """The report as JSON values."""
    timeline = found.result.timeline
    states = {name: [b.c for b in getattr(timeline, name) if b.key[0] == ocid] for name in STATES}
    return {
        "ocid": ocid,
        "month": month,
        "findings": [{"index": f.index, "code": f.code, "c": f.c, "detail": f.detail} for f in found.findings],
        **states,
        "pending": list(found.result.pending),
        "cancelled": found.cancelled,
        "leaves": found.leaves,
        "leaves_from": found.decided_by,
        "checkpoints_checked": found.signatures_checked,
        "files_checked": found.files_checked,
        "envelopes_read": found.envelopes_read,
        "notes": list(found.notes),
    }


def lines(ocid: str, found: Report) -> list[str]:
    """The report for people, a line per thing."""
    timeline = found.result.timeline
    counts = [f"{sum(b.key[0] == ocid for b in getattr(timeline, name))} {word}" for name, word in STATES.items()]
    source = (
        "read from the log itself" if found.decided_by == "log" else "as the folder lists them: compare with the log"
    )
    told = [
        f"{'leaf ' + str(f.index) if f.index is not None else 'no leaf'}: {f.code}: {f.detail}" for f in found.findings
    ]
    told += [f"{ocid}: {', '.join(counts)}.", f"{found.leaves} blinded leaves, {source}."]
    if found.decided_by == "log" and not found.signatures_checked:
        told.append("Signatures of checkpoints were not checked: there is no policy file.")
    if found.result.pending:
        told.append(f"{len(found.result.pending)} leaves may stay unexplained until their month is over: audit again.")
    told.append(f"{found.files_checked} ciphertexts compared, {found.envelopes_read} envelopes read.")
    told += list(found.notes)
    return [*told, f"{len(found.findings)} findings."]
