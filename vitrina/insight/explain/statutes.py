# SPDX-License-Identifier: Apache-2.0
"""The law behind a verdict: each value of the rulebook that the flag names, as it stood for the process at hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from vitrina import law
from vitrina.insight.flags.declare import Flag
from vitrina.insight.flags.statutory import CEILINGS, OPEN, UNKNOWN, ceilings, cite, jurisdiction, mexican
from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.law.explain import citation, standing
from vitrina.law.model import plain

TOP = 10**12  # a budget in the top bracket: what is taken where the buyer's is not known


class Statute(msgspec.Struct, frozen=True):
    """A value of the law. `certainty`: D agrees with real rows, R original read, S secondary source, M or m from
    memory, P our proposal, ? not recorded. `sentence`: all of it in words.
    """

    key: str
    value: Any
    unit: str
    law: str
    article: str
    certainty: str
    valid_from: str
    valid_until: str | None
    sentence: str


class Applied(msgspec.Struct, frozen=True):
    """For which day, category, procedure and character the law was asked; `statutes` that were found."""

    day: str
    category: str
    procedure: str | None
    character: str | None
    budget_known: bool
    statutes: list[Statute]


def applied(t: Tables, flag: Flag, rid: int | None, lang: str) -> Applied | None:
    """The law of the process `rid`; null where the flag names none or the process is not Mexican."""
    if not flag.law or rid is None:
        return None
    m = mexican(t).filter(lambda r: r.rid == rid)
    found = t.rows(attach(m, ceilings(t).filter(lambda c: c.rid == rid), "rid"))
    if not found or found[0]["law_day"] is None:
        return None
    row, place = found[0], jurisdiction(t)
    rules = [_rule(key, row, place) for key in flag.law]
    return Applied(
        day=row["law_day"].isoformat(),
        category=row["law_category"],
        procedure=row["procedure"],
        character=row["character"],
        budget_known=bool(row["budget_known"]),
        statutes=[_told(rule, lang) for rule in rules if rule is not None],
    )


def _rule(key: str, row: Mapping[str, Any], place: str) -> law.Rule | None:
    if key in CEILINGS.values():
        budget = TOP if not row["budget_known"] else int(row["budget"])
        year, procedure = row["law_year"], key.removeprefix("ceiling.")
        try:
            return law.ceiling(
                budget, year=year, category=row["law_category"], procedure=procedure, jurisdiction=place
            )
        except law.LawError:
            return None
    return cite(
        key,
        row["law_day"],
        category=row["law_category"],
        procedure=row["procedure"] or OPEN,
        character=row["character"] or UNKNOWN,
        place=place,
    )


def _told(rule: law.Rule, lang: str) -> Statute:
    # The certainty is told even where the sentence of a rule has no words for it.
    known = rule.value is not None
    sentence = law.explain(rule, lang)
    mark = standing(rule, lang) if known else ""
    return Statute(
        key=rule.key,
        value=plain(rule.value),
        unit=rule.unit,
        law=rule.law,
        article=citation(rule, lang) if known else rule.article,
        certainty=rule.certainty,
        valid_from=rule.valid_from.isoformat(),
        valid_until=rule.valid_until.isoformat() if rule.valid_until else None,
        sentence=sentence if mark in sentence else f"{sentence}, {mark}",
    )
