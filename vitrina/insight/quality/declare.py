# SPDX-License-Identifier: Apache-2.0
"""What a check of quality declares and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from vitrina.insight.text import Text

Release = dict[str, Any]
Finding = tuple[bool, str]  # does it hold, and at which path
RecordRule = Callable[[Release], Iterator[Finding]]


class State(StrEnum):
    """The three results."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    UNDEFINED = "undefined"


class Level(StrEnum):
    """What is checked: every occurrence of a field, every release, the collection, the collection against an older."""

    FIELD = "field"
    RECORD = "record"
    COLLECTION = "collection"
    TIME = "time"


class Answer(NamedTuple):
    """The answer for a collection. `reason`: why undefined; `detail`: the numbers; `examples`: (rid, ocid, path)."""

    state: State
    detail: dict[str, Any]
    reason: str = ""
    examples: tuple[tuple[int | None, str | None, str], ...] = ()


PUBLISHED = Text("regla publicada de Pelican (OCP)", "published rule of Pelican (OCP)")
OURS = Text("regla de Vitrina", "Vitrina's rule")


@dataclass(frozen=True, slots=True)
class Check:
    """A check. `rule`: the rule in words; `undefined`: when it cannot be told; `run`: what computes it."""

    code: str
    level: Level
    title: Text
    rule: Text
    undefined: Text
    run: Callable[..., Any]
    version: int = 1
    source: Text = field(default=PUBLISHED)


def judge(rule: RecordRule, release: Release) -> tuple[State, list[str]]:
    """The state of a release and the paths that fail: it passes where at least one thing was tested and all hold."""
    tested, failed = 0, []
    for holds, path in rule(release):
        tested += 1
        if not holds:
            failed.append(path)
    if not tested:
        return State.UNDEFINED, failed
    return (State.FAIL if failed else State.PASS), failed


class Book(list[Check]):
    """The checks of a module, in the order in which they are written down."""

    def __init__(self, level: Level, source: Text = PUBLISHED) -> None:
        super().__init__()
        self._level, self._source = level, source

    def __call__(
        self, code: str, title: Text, rule: Text, undefined: Text, version: int = 1
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Write down a check that this function computes."""

        def note(run: Callable[..., Any]) -> Callable[..., Any]:
            run.__doc__ = run.__doc__ or rule.en
            self.append(Check(code, self._level, title, rule, undefined, run, version, self._source))
            return run

        return note
