# SPDX-License-Identifier: Apache-2.0
"""The official files of CompraNet and ComprasMX as a format: each row becomes a release of its process, then as OCDS.

The same contract in two layouts has one id, so it is stored once. A unit that signs under the number of another's
procedure is told by the contract's signatories. The hours of the files are of Mexico City.
"""

from __future__ import annotations

import csv
import hashlib
import pickle
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast

import msgspec

from vitrina.compranet.layouts import detect
from vitrina.compranet.ocds import process_key, release_fragment, unit_id
from vitrina.compranet.readers import Reading, read
from vitrina.compranet.readers import Record as Row
from vitrina.compranet.records import ImportedContract, ImportedProcedure, Rejected
from vitrina.compranet.refusals import UnreadableFileError

from .batch import Batch, Builder, Record
from .earlier import Earlier
from .gather import Repeated, gathered
from .ocds import chunks
from .reading import Raw

if TYPE_CHECKING:
    from .formats import Input

PREFIX = "compranet"  # of the process ids; not a prefix of a publisher, and never the federal one
PUBLISHER = "CompraNet"
UNDATED = "1970-01-01T00:00:00+00:00"
SEPARATORS = ",;\t|"
DRAFT = "draft"  # of a call (*proyecto de convocatoria*)


class Laid(NamedTuple):
    """What the first reading of a file laid aside: its records on disk, and how many rows stood in it twice."""

    file: BinaryIO
    n_duplicates: int


class CompraNet:
    """The reader of the official files."""

    name = "compranet"

    def __init__(self, earlier: Earlier) -> None:
        self._repeated = Repeated()
        self._earlier = earlier
        self._laid: list[Laid] = []

    def claims(self, path: Path, head: bytes) -> bool:  # noqa: ARG002 - a format may look at the name
        """By the names in the header."""
        line = head.split(b"\n", 1)[0].strip(b"\r")
        try:
            text = line.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = line.decode("latin-1")
        separator = max(SEPARATORS, key=text.count)
        try:
            detect(next(csv.reader([text], delimiter=separator), []))
        except (UnreadableFileError, csv.Error):
            return False
        return True

    def survey(self, path: Path, step: Callable[[int], None]) -> str:
        """Read the rows and lay them aside as releases; the SHA-256 of the file."""
        self._repeated.mark()
        self._earlier.begin()
        raw = Raw(path)
        for _ in raw:
            pass
        file = cast("BinaryIO", tempfile.TemporaryFile(prefix="vitrina-compranet-"))  # noqa: SIM115 - read later
        n_duplicates = 0
        try:
            reading = read(path)
            for data, line, fault, awards in _told(reading):
                if not fault:
                    self._repeated.see(data)
                    self._earlier.see(data, awards)
                pickle.dump((data, line, fault), file, protocol=5)
            n_duplicates = reading.summary.duplicates
        except UnreadableFileError as error:
            pickle.dump((b"", 0, f"unreadable|{error.sentence('en')}"), file, protocol=5)
        self._laid.append(Laid(file, n_duplicates))
        step(path.stat().st_size)
        return raw.sha256

    def forget(self) -> None:
        """Take back the file last surveyed."""
        self._repeated.forget()
        self._earlier.forget()
        self._laid.pop().file.close()

    def batches(
        self,
        inputs: Sequence[Input],
        zone: str,
        workers: int | None,  # noqa: ARG002
        step: Callable[[int], None],
    ) -> Iterator[Batch]:
        """The batches, in the order of the files; last of each file the rows that stood in it twice."""
        for ocid in self._earlier.find():
            self._repeated.add(ocid)
        self._repeated.close()
        builder = Builder(zone)
        records = self._all(inputs, step)
        for chunk in chunks(gathered(records, self._repeated, sum(i.size for i in inputs))):
            yield builder.build(chunk)
        twice = {i.number: laid.n_duplicates for i, laid in zip(inputs, self._laid, strict=True) if laid.n_duplicates}
        if twice:
            yield Batch({}, 0, read=twice, duplicates=dict(twice))
        self._laid.clear()

    def _all(self, inputs: Sequence[Input], step: Callable[[int], None]) -> Iterator[Record]:
        """The rows of earlier runs that are wanted again, then those of these files."""
        yield from self._earlier.records(self.name, _again)
        for i, laid in zip(inputs, self._laid, strict=True):
            yield from map(self._earlier.told, _records(i, laid, step))


def _records(source: Input, laid: Laid, step: Callable[[int], None]) -> Iterator[Record]:
    laid.file.seek(0)
    with laid.file as file:
        while True:
            try:
                data, line, fault = pickle.load(file)  # noqa: S301 - written by us a moment ago, a file without a name
            except EOFError:
                break
            yield Record(source.number, line, 0, data, fault, PUBLISHER)
    step(source.size)


def _again(path: Path, number: int) -> Iterator[Record]:
    """The rows of a file that was read before; none of one that cannot be read any more."""
    try:
        for data, line, fault, _ in _told(read(path)):
            if not fault:
                yield Record(number, line, 0, data, "", PUBLISHER)
    except UnreadableFileError:
        return


def _told(reading: Reading) -> Iterator[tuple[bytes, int, str, list[str]]]:
    """Each row: its release, its line and the ids of its awards; or its text, its line and what is wrong with it."""
    for row in reading:
        if isinstance(row, Rejected):
            yield row.text.encode("utf-8", "replace"), row.line, f"bad_row|{_why(row)}", []
        else:
            release = release_of(row)
            awards = [award["id"] for award in release.get("awards", ())]
            yield msgspec.json.encode(release), row.source.line, "", awards


def _why(row: Rejected) -> str:
    return " ".join(f"{problem.code}: {problem.sentence('en')}" for problem in row.problems)


def release_of(row: Row) -> dict[str, Any]:
    """A row as an OCDS release: what the file says, under the ids by which releases of one process find each other."""
    body = release_fragment(row)
    tender = body.setdefault("tender", {})
    if row.law or row.ground:
        ground = {"id": f"art.{row.ground}"} if row.ground else {}
        basis = {"scheme": row.law, **ground, "description": row.ground_description}
        tender["legalBasis"] = {key: value for key, value in basis.items() if value}
    if isinstance(row, ImportedProcedure) and row.element == DRAFT:
        # Its dates are those of the consultation on the draft: no bid is called for, and none is opened.
        for period in ("tenderPeriod", "awardPeriod", "enquiryPeriod", "clarificationMeetings"):
            tender.pop(period, None)
    elif row.opening:
        tender["bidOpening"] = {"date": row.opening.start().isoformat()}
    if row.framework is not None:
        tender["techniques"] = {"hasFrameworkAgreement": True}
    # The only paper of a row is the address of its notice. Kept as a document it would tell that others are missing.
    tender.pop("documents", None)
    for party in body.get("parties", ()):
        if "supplier" not in party["roles"]:
            party["address"] = {"countryName": "MX"}
    if isinstance(row, ImportedContract):
        _under_one_id(body, row)
    key = hashlib.sha256(f"{row.source.layout} {row.source.row_sha256}".encode()).hexdigest()[:16]
    return {"ocid": f"{PREFIX}-{process_key(row)}", "id": key, "date": _date(row), "sourcePage": row.url, **body}


def _under_one_id(body: dict[str, Any], row: ImportedContract) -> None:
    """The award and the contract under the key that is equal in every layout, with the unit that signed."""
    award, contract = body["awards"][0], body["contracts"][0]
    award["id"] = contract["awardID"] = contract["id"] = row.match_key
    unit = unit_id(row.buyer)
    if unit:
        contract["signatories"] = [{"id": unit, "name": row.buyer.unit_name or row.buyer.unit_key}]


def _date(row: Row) -> str:
    """The latest instant that the row tells: a later state of a process is told by a later row."""
    told = [row.published, row.opening, row.award]
    if isinstance(row, ImportedContract):
        told += [row.signed, row.start]
    known = [when.start() for when in told if when]
    return max(known).isoformat() if known else UNDATED
