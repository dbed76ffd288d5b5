# SPDX-License-Identifier: Apache-2.0
"""A settings file of Cardinal 0.0.8, as JSON. Unknown keys are an error. The sections of its `prepare` command are
known and, as by its `indicators` command, not looked at: the store holds data as published.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from .registry import CARDINAL

MXN = "MXN"


class BadSettings(ValueError):
    """The file is no settings file of Cardinal."""


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the file."""


class ShortPeriod(Section, frozen=True):
    """R003. `threshold` in days; methods by pipes, empty for all; days by procurementMethodDetails."""

    threshold: int = 15
    procurement_methods: str = ""
    procurement_method_details: dict[str, int] = {}


class SingleBid(Section, frozen=True):
    """R018. Methods by pipes."""

    procurement_methods: str = "open|selective"


class Ratio(Section, frozen=True):
    """R024 and R058. A ratio in place of the fence."""

    threshold: float | None = None


class Unsuccessful(Section, frozen=True):
    """R025. `percentile` of the counts of processes, in per cent; a ratio in place of the fence."""

    percentile: int = 75
    threshold: float | None = None


class Disqualified(Section, frozen=True):
    """R035. The least number of disqualified bidders."""

    threshold: int = 1


class Shares(Section, frozen=True):
    """R038. The least number of bids, of a tenderer and of a buyer; a ratio in place of the fences."""

    threshold: float | None = None
    minimum_submitted_bids: int = 2
    minimum_contracting_processes: int = 2


class Classes(Section, frozen=True):
    """R048. Characters of a class; the least number of processes; a count in place of the fence."""

    digits: int = 2
    threshold: int | None = None
    minimum_contracting_processes: int = 20


class Exclusions(Section, frozen=True):
    """What is left out whole, by pipes."""

    procurement_method_details: str = ""


class Output(Section, frozen=True):
    """What Cardinal prints; nothing here depends on it."""

    info_currency_mismatches: bool = False


class Defaults(Section, frozen=True):
    """Of `prepare`."""

    currency: str | None = None
    item_classification_scheme: str | None = None
    bid_status: str | None = None
    award_status: str | None = None
    party_roles: bool | None = None


class Redactions(Section, frozen=True):
    """Of `prepare`."""

    amount: str | float | None = None
    organization_id: str | None = None


class Corrections(Section, frozen=True):
    """Of `prepare`."""

    award_status_by_contract_status: bool | None = None


class Modifications(Section, frozen=True):
    """Of `prepare`."""

    move_auctions: bool | None = None
    prefix_buyer_or_procuring_entity_id: str | None = None
    prefix_tenderer_or_supplier_id: str | None = None
    split_procurement_method_details: str | None = None


class Codelists(Section, frozen=True):
    """Of `prepare`."""

    bid_status: dict[str, str] = {}
    award_status: dict[str, str] = {}


def _key(attribute: str) -> str:
    """R003 in the file, r003 here."""
    return attribute.upper() if attribute[1:].isdigit() else attribute


class Settings(Section, frozen=True, rename=_key):
    """The file: an indicator is computed where its section is there. `currency`: the main currency, else the one of
    most priced bids.
    """

    currency: str | None = None
    no_price_comparison_procurement_methods: str | None = None
    price_comparison_procurement_methods: str | None = None
    exclusions: Exclusions = Exclusions()
    output: Output = Output()
    defaults: Defaults = Defaults()
    redactions: Redactions = Redactions()
    corrections: Corrections = Corrections()
    modifications: Modifications = Modifications()
    codelists: Codelists = Codelists()
    r003: ShortPeriod | None = None
    r018: SingleBid | None = None
    r024: Ratio | None = None
    r025: Unsuccessful | None = None
    r028: Section | None = None
    r030: Section | None = None
    r035: Disqualified | None = None
    r036: Section | None = None
    r038: Shares | None = None
    r048: Classes | None = None
    r058: Ratio | None = None


DEFAULT = Settings(
    currency=MXN,
    r003=ShortPeriod(),
    r018=SingleBid(),
    r024=Ratio(),
    r025=Unsuccessful(),
    r028=Section(),
    r030=Section(),
    r035=Disqualified(),
    r036=Section(),
    r038=Shares(),
    r048=Classes(),
    r058=Ratio(),
)


def load(path: Path) -> Settings:
    """The settings of a file; `BadSettings` names what is wrong."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settings)
    except (OSError, msgspec.DecodeError) as error:
        raise BadSettings(f"{path}: {error}") from None


def asked_for(settings: Settings, codes: Iterable[str] = ()) -> list[str]:
    """The indicators that the settings ask for; `codes`: these alone of them."""
    return [code for code in codes or CARDINAL if getattr(settings, code.lower(), None) is not None]


def words(text: str | None) -> tuple[str, ...]:
    """`a|b` -> a, b; a last pipe is ignored; empty or absent is empty."""
    if not text:
        return ()
    return tuple(dict.fromkeys((text.removesuffix("|")).split("|")))
