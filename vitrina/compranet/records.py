# SPDX-License-Identifier: Apache-2.0
"""What a row becomes: a procedure, a contract, or a rejection that says why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import msgspec

from vitrina.kernel.money import Money

from .procedure_number import ProcedureNumber
from .refusals import mend, sentence
from .values import When

PERSON_RFC_LENGTH = 13


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where a record stood: file name, layout, first physical line (1-based), data row (1-based), digest of the row.

    `row_sha256` is over the cells as published, so that the same row in a later file is known without comparing it.
    """

    file: str
    layout: str
    line: int
    row: int
    row_sha256: str


class Repair(msgspec.Struct, frozen=True):
    """A cell that was put right: our field name, the repair's code, the text as it was (at most 120 characters)."""

    field: str
    code: str
    was: str


class Buyer(msgspec.Struct, frozen=True, kw_only=True):
    """The institution and its buying unit, as far as the file names them."""

    institution: str | None = None
    siglas: str | None = None
    institution_key: str | None = None
    unit_key: str | None = None
    unit_name: str | None = None
    government: str | None = None


class Supplier(msgspec.Struct, frozen=True, kw_only=True):
    """A supplier: name as published, RFC or nothing (suppressed, generic, malformed), size as it and the buyer say."""

    name: str
    rfc: str | None = None
    size: str | None = None
    size_by_buyer: str | None = None
    country: str | None = None

    @property
    def is_natural_person(self) -> bool | None:
        """Whether the RFC is a person's (13 characters); nothing without RFC."""
        return len(self.rfc) == PERSON_RFC_LENGTH if self.rfc else None


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What procedures and contracts share.

    `key` is stable within the files of one portal; codes of `procedure`, `law`, `ground`, `character`, `category` are
    those of `normalise`; `notes` are facts worth a look that did not stop the row (`signed_before_award`, ...).
    """

    source: Source
    key: str
    number: ProcedureNumber | None
    file_code: str | None
    file_title: str | None
    procedure: str | None
    procedure_label: str | None
    reverse_auction: bool
    law: str | None
    ground: str | None
    ground_description: str | None
    character: str | None
    category: str | None
    participation: str | None
    buyer: Buyer
    classifications: tuple[str, ...]
    framework: str | None
    consolidated: bool | None
    title: str
    description: str | None
    published: When | None
    opening: When | None
    award: When | None
    url: str | None
    repairs: tuple[Repair, ...]
    notes: tuple[str, ...]


class ImportedProcedure(Imported, frozen=True, kw_only=True, tag=True):
    """A procedure, or the draft of a call (`element` is `procedure` or `draft`), at the state the file shows."""

    element: str
    state: str | None
    reference: str | None
    file_opened: When | None
    clarification: When | None
    status_raw: str
    stage: str
    tender_status: str


class ImportedContract(Imported, frozen=True, kw_only=True, tag=True):
    """A contract. `match_key` is equal for the same contract in two layouts; amounts as published, VAT unstated."""

    match_key: str
    code: str | None
    control_number: str | None
    supplier: Supplier
    amount: Money | None
    minimum: Money | None
    maximum: Money | None
    start: When | None
    end: When | None
    signed: When | None
    status_raw: str | None
    contract_status: str | None
    multiyear: bool | None
    amended: bool | None


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One reason against a row: header name (empty: the whole row), the cell's text (at most 120 characters), code."""

    field: str
    value: str
    code: str
    limit: str = ""

    def sentence(self, language: str = "es") -> str:
        """What is wrong, one sentence."""
        return sentence(self.code, language, field=self.field, value=self.value, limit=self.limit)

    def mend(self, language: str = "es") -> str:
        """How to mend it, one sentence."""
        return mend(self.code, language)


class Rejected(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A row that was not read whole. `text` is the row as it stood (at most 4,000 characters), `row` 1-based."""

    file: str
    layout: str
    line: int
    row: int
    row_sha256: str
    problems: tuple[Problem, ...]
    text: str


@dataclass
class Summary:
    """What happened to a file. `rows_in == kept + rejected + duplicates`; the counters are by code."""

    file: str
    sha256: str
    encoding: str
    layout: str
    rows_in: int = 0
    kept: int = 0
    rejected: int = 0
    duplicates: int = 0
    repaired_rows: int = 0
    repairs: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    unknown_columns: tuple[str, ...] = ()
    missing_columns: tuple[str, ...] = ()

    @property
    def balanced(self) -> bool:
        """Whether every row is accounted for."""
        return self.rows_in == self.kept + self.rejected + self.duplicates
