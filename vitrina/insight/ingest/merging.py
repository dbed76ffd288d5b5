# SPDX-License-Identifier: Apache-2.0
"""Several releases of one process -> one. Compiled ones compete (the latest wins, then the last); others are merged
by the rules of OCDS 1.1, those that are newer than a compiled one into it. A record is its compiled release, else its
releases merged.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ocdsmerge.exceptions import OCDSMergeError
from ocdsmerge.merge import CompiledRelease

from .repairs import Read

LINK = 3  # a release that is only a link has url, date and tag
PLANNING = frozenset({"planning", "planningUpdate"})
RULES = {("id",): "omitWhenMerged", ("date",): "omitWhenMerged", ("tag",): "omitWhenMerged"}
OFFICIAL = "compranet-"  # ocids of official files, a row of which names the one supplier of its contract
OFFICIAL_RULES = {**RULES, ("awards", "suppliers"): "wholeListMerge"}


@dataclass(frozen=True, slots=True)
class Merged:
    """The one release; which of those given it came from (`last`: the newest of them), and which were beaten."""

    read: Read
    last: int
    used: frozenset[int]
    beaten: frozenset[int]
    detail: str = ""


def unwrapped(read: Read) -> Read:
    """A record as its release; a release as it is."""
    value = read.value
    compiled, releases = value.get("compiledRelease"), value.get("releases")
    if isinstance(compiled, dict):
        found = compiled
    elif isinstance(releases, list) and (whole := [r for r in releases if isinstance(r, dict) and len(r) > LINK]):
        found = merged([Read(r, read.is_strict, []) for r in whole]).read.value
    else:
        return read
    if "ocid" not in found and "ocid" in value:
        found = found | {"ocid": value["ocid"]}
    return Read(found, read.is_strict, read.repairs)


def merged(reads: list[Read]) -> Merged:
    """One release of those of a process."""
    every = sorted(range(len(reads)), key=lambda n: (_date(reads[n].value), n))
    compiled = [n for n in every if is_compiled(reads[n].value)]
    base = compiled[-1] if compiled else every[0]
    order = every[every.index(base) :] if not compiled or _date(reads[base].value) else [base]
    beaten = frozenset(every) - frozenset(order)
    if len(order) == 1:
        return Merged(reads[base], base, frozenset(order), beaten, "another release of the process is newer")
    last = order[-1]
    releases = [reads[n].value for n in order]
    try:
        is_official = str(releases[-1].get("ocid")).startswith(OFFICIAL)
        compiler = CompiledRelease(merge_rules=OFFICIAL_RULES if is_official else RULES)
        lines: dict[str, list[Any]] = {}
        for release in releases:
            compiler.append(release)
            _see_lines(lines, release, compiler)
        found: dict[str, Any] = compiler.asdict()
    except (OCDSMergeError, TypeError, ValueError, AttributeError, KeyError, RecursionError) as error:
        detail = f"the releases of the process do not merge ({type(error).__name__}); the newest was kept"
        kept = base if compiled else last
        return Merged(reads[kept], kept, frozenset({kept}), frozenset(every) - {kept}, detail)
    # What the merge leaves out or writes anew is told as the newest release tells it.
    newest = releases[-1]
    found |= {key: newest[key] for key in ("ocid", "id", "date") if key in newest}
    _tell_lines(lines, found)
    _tell_fees(releases, found)
    _tell_plan(releases, found)
    tags = [
        t for r in releases for t in (r.get("tag") if isinstance(r.get("tag"), list) else ()) if isinstance(t, str)
    ]
    found["tag"] = list(dict.fromkeys(tags))
    told = [repair for n in order for repair in reads[n].repairs]
    read = Read(found, all(r.is_strict for r in reads), told)
    return Merged(read, last, frozenset(order), beaten, "another release of the process is newer")


def _see_lines(seen: dict[str, list[Any]], release: dict[str, Any], compiler: CompiledRelease) -> None:
    """Note the lines of each contract as they stand after a release that tells of lines, where they changed."""
    told = _contracts(release)
    if any(contract.get("items") for contract in told.values()):
        for key, contract in _contracts(compiler.asdict()).items():
            items = contract.get("items")
            if key in told and isinstance(items, list) and (key not in seen or seen[key][-1] != items):
                seen.setdefault(key, []).append(copy.deepcopy(items))


def _tell_lines(seen: dict[str, list[Any]], found: dict[str, Any]) -> None:
    """Write the earlier states of its lines into each contract, oldest first."""
    for key, contract in _contracts(found).items():
        earlier = [items for items in seen.get(key, ()) if items != contract.get("items")]
        if earlier:
            contract["itemsBefore"] = [{"items": items} for items in earlier]


def _tell_fees(releases: list[dict[str, Any]], found: dict[str, Any]) -> None:
    """Write the fees that each release told into the tender, oldest first: the merge keeps the last."""
    told = [(r.get("date"), _object(r, "tender").get("participationFees")) for r in releases]
    fees = [{"date": date, "fees": copy.deepcopy(each)} for date, each in told if isinstance(each, list) and each]
    if len(fees) > 1:
        found["tender"] = _object(found, "tender") | {"feesTold": fees}


def _tell_plan(releases: list[dict[str, Any]], found: dict[str, Any]) -> None:
    """Write the method that was told while the purchase was being planned into the plan."""
    planned = [r for r in releases if _is_plan(r)]
    methods = [_object(r, "tender").get("procurementMethod") for r in planned]
    told = [method for method in methods if isinstance(method, str)]
    if told and len(planned) < len(releases):
        found["planning"] = _object(found, "planning") | {"methodPlanned": told[-1]}


def _is_plan(release: dict[str, Any]) -> bool:
    tag = release.get("tag")
    return isinstance(tag, list) and any(code in PLANNING for code in tag if isinstance(code, str))


def _object(value: dict[str, Any], key: str) -> dict[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _contracts(release: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The contracts that have an id."""
    given = release.get("contracts")
    listed = given if isinstance(given, list) else []
    return {str(c["id"]): c for c in listed if isinstance(c, dict) and c.get("id") is not None}


def is_compiled(release: dict[str, Any]) -> bool:
    """A release that tells the whole process. Without date or tag it cannot be put in order, so it counts as whole."""
    tag = release.get("tag")
    return not tag or "compiled" in tag or not isinstance(release.get("date"), str)


def _date(release: dict[str, Any]) -> str:
    """The date for ordering: in UTC where it can be read."""
    given = release.get("date")
    if not isinstance(given, str):
        return ""
    try:
        found = datetime.fromisoformat(given)
        return (found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()
    except (ValueError, OverflowError):
        return given
