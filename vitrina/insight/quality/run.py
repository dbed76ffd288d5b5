# SPDX-License-Identifier: Apache-2.0
"""Runs every check and gathers the answers as rows of three tables: checks, fields, examples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vitrina.insight.store import Store
from vitrina.insight.tables import Tables

from . import in_store, stream
from .declare import Answer, Check, Level, State
from .fields import Lists
from .over_time import Older
from .registry import checks

Row = dict[str, Any]
NO_SOURCE = "needs the published files: --source"


@dataclass(frozen=True, slots=True)
class Given:
    """What a run is given beside the store: published files, an older store, outside lists, a log, leave to go out."""

    sources: Sequence[Path] = ()
    against: Store | None = None
    log: Sequence[Path] = ()
    lists: Lists = field(default_factory=Lists)
    rates: dict[str, float] = field(default_factory=dict)
    catalogue: frozenset[str] | None = None
    online: bool = False
    workers: int | None = None


@dataclass(slots=True)
class Report:
    """The answers as rows. `releases`: how many were read from the files; `refused`: records that are none."""

    checks: list[Row] = field(default_factory=list)
    fields: list[Row] = field(default_factory=list)
    examples: list[Row] = field(default_factory=list)
    releases: int = 0
    refused: dict[str, int] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """How many checks pass, fail, and are undefined."""
        return {state.value: sum(row["state"] == state for row in self.checks) for state in State}


def run(t: Tables, given: Given) -> Report:
    """Every check over a store and, where they are given, over its published files."""
    report = Report()
    if given.sources:
        found = stream.check_files(given.sources, given.lists, rates=given.rates, workers=given.workers)
        report.releases, report.refused = found.releases, dict(sorted(found.refused.items()))
        _fields(report, found)
        _records(report, found)
    else:
        for check in _of(Level.FIELD):
            _note(report, check, Answer(State.UNDEFINED, {}, NO_SOURCE))
        for check, answer, counts in in_store.answers(t, _of(Level.RECORD)):
            _note(report, check, answer or Answer(State.UNDEFINED, {}, NO_SOURCE), counts)
    older = Older(t, given.against) if given.against else None
    for check in (*_of(Level.COLLECTION), *_of(Level.TIME)):
        _note(report, check, _answer(check, t, given, older))
    return report


def _answer(check: Check, t: Tables, given: Given, older: Older | None) -> Answer:
    """The answer of a check of a collection, with what it needs beside the store."""
    if check.level is Level.TIME:
        return check.run(t, older)
    if check.code == "D22":
        from .online import answers  # noqa: PLC0415 - the network is asked only when told

        return check.run(t, answers if given.online else None)
    if check.code == "Q07":
        return check.run(t, given.catalogue)
    if check.code == "Q12":
        return check.run(given.log, given.sources)
    return check.run(t)


def _of(level: Level) -> list[Check]:
    return [check for check in checks().values() if check.level is level]


def _note(report: Report, check: Check, answer: Answer, counts: dict[State, int] | None = None) -> None:
    counted = counts or {answer.state: 1}
    report.checks.append(_row(check, answer.state, counted, answer.reason, answer.detail))
    report.examples += [
        {"code": check.code, "rid": rid, "ocid": ocid, "path": path, "line": None, "value": None}
        for rid, ocid, path in answer.examples
    ]


def _row(check: Check, state: State, counts: dict[State, int], reason: str = "", detail: Row | None = None) -> Row:
    return {
        "code": check.code,
        "level": check.level.value,
        "version": check.version,
        "title_es": check.title.es,
        "title_en": check.title.en,
        "state": state.value,
        **{each.value: counts.get(each, 0) for each in State},
        "reason": reason,
        "detail": detail or {},
    }


def overall(counts: dict[State, int]) -> State:
    """Fail where anything fails, pass where something passes, else undefined."""
    return next((s for s in (State.FAIL, State.PASS) if counts.get(s)), State.UNDEFINED)


def _fields(report: Report, found: stream.Found) -> None:
    """Rows of the fields, and of F01 to F12 over all of them."""
    totals: dict[str, dict[State, int]] = {}
    for one in found.coverage.fields():
        if one.possible:
            report.fields.append(
                {
                    "path": one.path,
                    "possible": one.possible,
                    "set": one.present,
                    "filled": one.filled,
                    "check": one.code or None,
                    "pass": one.passed,
                    "fail": one.failed,
                    "undefined": one.unknown,
                }
            )
        for code, good, bad, unknown in (
            ("F01", one.present, one.possible - one.present, 0),
            ("F02", one.filled, one.present - one.filled, 0),
            (one.code, one.passed, one.failed, one.unknown),
        ):
            kept = totals.setdefault(code, dict.fromkeys(State, 0))
            for state, n in zip((State.PASS, State.FAIL, State.UNDEFINED), (good, bad, unknown), strict=True):
                kept[state] += n
        report.examples += [
            {"code": code, "rid": None, "ocid": ocid, "path": one.path, "line": None, "value": value}
            for code, ocid, value in one.examples
        ]
    for check in _of(Level.FIELD):
        counts = totals.get(check.code, {})
        state = overall(counts)
        report.checks.append(_row(check, state, counts, _why(check, state)))


def _records(report: Report, found: stream.Found) -> None:
    for check in _of(Level.RECORD):
        counts = {state: found.states[check.code, state] for state in State}
        state = overall(counts)
        report.checks.append(_row(check, state, counts, _why(check, state)))
        report.examples += [
            {"code": code, "rid": None, "ocid": ocid, "path": path, "line": line, "value": None}
            for code, ocid, path, line in found.examples.get(check.code, [])
        ]


def _why(check: Check, state: State) -> str:
    return check.undefined.en if state is State.UNDEFINED else ""


def lines(file: Path | None) -> frozenset[str] | None:
    """The lines of a list from outside; None without a file."""
    if file is None:
        return None
    return frozenset(line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines() if line.strip())


def rates(rows: Iterable[str]) -> dict[str, float]:
    """`["MXN,0.055"]` -> USD for one of each currency."""
    return {code.strip(): float(rate) for code, _, rate in (row.partition(",") for row in rows) if rate}
