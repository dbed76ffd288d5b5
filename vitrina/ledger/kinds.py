# SPDX-License-Identifier: Apache-2.0
"""Typed kinds of ledger entries. A kind is named `object.past_participle` and is one frozen struct.

    @kind("tender.published", stage="tendering")
    class TenderPublished(Event):
        '''The call for bids was published.'''
        title: str

        def sentence(self) -> str:
            return _("The call was published: %(title)s") % {"title": self.title}

`visibility` says what the public sees: a `PUBLIC` entry whole; of a `BLINDED` one only its position and digest,
until a later public entry reveals it (a bid before the opening, a score before the ruling).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

import msgspec

from vitrina.kernel.canonical import canonical, parse


class Visibility(StrEnum):
    """Who reads an entry."""

    PUBLIC = "public"
    BLINDED = "blinded"


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of law that an act met, as it stood: enough to explain the act for ever.

    `value` is decimal text; `unit` as in the rulebook (`natural_days`, `working_days`, `share`...); `had` is what
    the act had against it, in the same unit, when there is something to compare.
    """

    key: str
    law: str
    article: str
    value: str
    unit: str
    certainty: str
    had: str | None = None


class Signer(msgspec.Struct, frozen=True, kw_only=True):
    """Who did the act, as the public may know it: the office, and the name of an official or a company."""

    role: str
    name: str
    party: str


class DocumentRef(msgspec.Struct, frozen=True, kw_only=True):
    """A document of an act: `id` unique in its process, `document_type` an OCDS code, the file by SHA-256."""

    id: str
    title: str
    document_type: str
    sha256: str
    size: int
    media_type: str


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every kind. Fields hold text, integers, `Decimal`, `Money`, aware instants, dates, structs of them."""

    kind: ClassVar[str]
    stage: ClassVar[str]
    visibility: ClassVar[Visibility]
    closes_checkpoint: ClassVar[bool] = False
    """Whether the public log signs a checkpoint that ends with exactly this entry (a deadline)."""

    rules: tuple[Applied, ...] = ()
    documents: tuple[DocumentRef, ...] = ()

    def sentence(self) -> str:
        """The act as a full sentence in the past, in the language in force."""
        raise NotImplementedError

    def detail(self) -> str:
        """One more sentence with the number that matters against its limit, or nothing."""
        return ""

    def leaf(self) -> dict[str, Any] | None:
        """What the public log holds of a blinded entry, whole, when it must be more than the digest of its body.

        JSON values with `v` and `type`, at most 65,535 bytes; nothing personal, secret or guessable (public log,
        section 2). Nothing: the log says what it says of any entry.
        """
        return None


MOST_LEAF_BYTES = 65_535  # a bundle of the log gives an entry's length in two bytes
KINDS: dict[str, type[Event]] = {}
E = TypeVar("E", bound=type[Event])


def kind(name: str, *, stage: str, visibility: Visibility = Visibility.PUBLIC) -> Callable[[E], E]:
    """Register a kind of entry; the name must be new."""

    def register(cls: E) -> E:
        if name in KINDS:
            raise ValueError(f"two kinds named {name}")
        cls.kind, cls.stage, cls.visibility = name, stage, visibility
        KINDS[name] = cls
        return cls

    return register


def body_of(event: Event, salt: str | None = None) -> bytes:
    """The canonical JSON body of an event; a salt keeps the digest of a guessable body from being guessed."""
    plain = _refuse_floats(msgspec.to_builtins(event, builtin_types=()))
    if salt:
        plain["salt"] = salt
    return canonical(plain)


def check_leaf(event: Event) -> None:
    """Refuse an event whose leaf would stop the public log: `ValueError`. Nearly every kind has none of its own."""
    if type(event).leaf is not Event.leaf and (told := event.leaf()) and len(canonical(told)) > MOST_LEAF_BYTES:
        raise ValueError(f"a leaf of the public log has at most {MOST_LEAF_BYTES:,} bytes")


def event_of(kind_name: str, body: bytes | str) -> Event:
    """The event back from its stored body. Fields that a later version added take their defaults."""
    plain = parse(body)
    plain.pop("salt", None)
    return msgspec.convert(plain, KINDS[kind_name], strict=False)


def prepare() -> int:
    """Let msgspec learn every struct that is defined by now; returns how many. Call it before there are threads.

    It learns a struct at its first use, and two threads that use one for the first time at once crash the process
    (msgspec 0.22): a visitor or two, soon after the start, could.
    """
    waiting, known = [msgspec.Struct], set()
    while waiting:
        for struct in waiting.pop().__subclasses__():
            waiting.append(struct)
            known.add(struct)
            msgspec.json.Decoder(struct)
    return len(known)


def _refuse_floats(value: Any) -> Any:
    if isinstance(value, float):
        raise TypeError("a float in a ledger entry; use Decimal or Money")
    if isinstance(value, dict):
        return {key: _refuse_floats(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_refuse_floats(item) for item in value]
    if isinstance(value, Decimal | datetime):
        return str(value)
    return value
