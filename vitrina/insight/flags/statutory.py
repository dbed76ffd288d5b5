# SPDX-License-Identifier: Apache-2.0
"""What the law says for each Mexican process, as columns: the values of `vitrina.law` joined by day, category,
procedure and character, so that a rule compares columns and no number of the law stands in a flag.

Whether a process is Mexican: the place of the store decides when it is told (`mx`, `coah`, `son`); else the country of
the buyer, else the currency MXN of tender, budget, award or contract. Its law is the one in force on its day
(`market.dated`). A character that is not told gets the most lenient value, so that nothing is flagged for want of
data; `character` is then null. A value that the rulebook does not record is null: not computable, never a guess.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from vitrina import law
from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.law import loader, names

from .market import dated
from .shared import processes

# Column -> key of the rulebook. Days are natural days unless the column says _wd (working days) or _hours.
TERMS = {
    "publication_min": "term.publication_to_opening.min",
    "publication_reduced_min": "term.publication_to_opening.reduced_min",
    "invitation_min": "term.invitation_to_opening.min",
    "clarification_min": "term.clarification_to_opening.min",
    "question_hours": "term.question_to_clarification.min",
    "award_max": "term.opening_to_award.max",
    "award_extension": "term.opening_to_award.extension",
    "signature_max": "term.award_to_signature.max",
    "research_upload_max": "term.research_to_upload.max",
    "acceptance_max": "term.delivery_to_acceptance.max",
    "protest_max": "term.protest.max",
    "exception_cap": "exception.amount_cap",
    "exception_cap_warning": "exception.amount_cap.warning",
    "amendment_line_max": "amendment.line.max",
    "amendment_agreement_max": "amendment.agreement.max",
    "splitting_window": "splitting.foreseeable_window",
    "price_above": "price.not_acceptable.margin",
    "price_below": "price.not_convenient.margin",
    "minimum_share": "open_contract.minimum_share.min",
    "technical_min": "evaluation.points.technical_min",
}
CEILINGS = {"t_da": "ceiling.adjudicacion_directa", "t_i3": "ceiling.invitacion_tres_personas"}
CATEGORIES = tuple(names.CATEGORIES)
OPEN, INVITED, DIRECT = "licitacion_publica", "invitacion_tres_personas", "adjudicacion_directa"
PROCEDURES = (OPEN, INVITED, DIRECT)
FAR = date(2100, 1, 1)
UNKNOWN = ""  # the character that a process does not tell
_UNITS = {"natural_days": "_days", "working_days": "_wd", "hours": "_hours", "share": "", "points": ""}


@dataclass(frozen=True, slots=True)
class Spell:
    """Days between two changes of the law, `until` excluded."""

    start: date
    until: date


@functools.cache
def spells() -> tuple[Spell, ...]:
    """The time that the rulebook covers, cut wherever a law or a row begins or ends."""
    data = loader.tables()
    laws = [each for each in data.laws.values() if each.kind == "procurement"]
    rows = [row for key in TERMS.values() for row in data.rows.get(key, ())]
    cuts = {day for each in laws for day in (each.start, each.until) if day}
    cuts |= {day for row in rows for day in (row.start, row.until) if day}
    return tuple(Spell(a, b) for a, b in itertools.pairwise([*sorted(cuts), FAR]))


def cite(
    key: str, day: date, *, category: str = "goods", procedure: str = OPEN, character: str = "", place: str = "mx"
) -> law.Rule | None:
    """The rule with its value, article, law and certainty, as a flag used it; null when none is recorded. Without a
    character the most lenient of the values: the least of a minimum, the greatest of a maximum.
    """
    asked: dict[str, Any] = {"category": category, "procedure": procedure, "character": character or None}
    try:
        found = law.rules(key, at=day, jurisdiction=place, **asked)
    except law.LawError:
        return None
    known = [rule for rule in found if rule.value is not None]
    if len(known) < 2:  # noqa: PLR2004 - one, or none
        return known[0] if known else None
    lenient = max if ".max" in key or ".extension" in key else min
    return lenient(known, key=lambda rule: float(rule.value))


@functools.cache
def values(place: str = "mx") -> pa.Table:
    """One row for each spell, category, procedure and character: the columns of `TERMS`, named with their unit."""
    table = pa.Table.from_pylist(list(_values(place)))
    for name in columns():
        table = table.set_column(table.column_names.index(name), name, table[name].cast(pa.float64()))
    return table


def _values(place: str) -> Iterator[dict[str, Any]]:
    for number, spell in enumerate(spells()):
        for category in CATEGORIES:
            for procedure in PROCEDURES:
                for character in (*names.CHARACTERS, UNKNOWN):
                    about = {"category": category, "procedure": procedure, "character": character, "place": place}
                    row: dict[str, Any] = dict.fromkeys(columns())
                    for name, key in TERMS.items():
                        rule = cite(key, spell.start, **about)
                        if rule is not None:
                            row[name + _UNITS[rule.unit]] = float(rule.value)
                    yield {
                        **_grounds(spell.start, about),
                        "spell": number,
                        "law": _law_of(spell, category, place),
                        "category": category,
                        "procedure": procedure,
                        "character": character,
                        **row,
                    }


def _grounds(day: date, about: dict[str, Any]) -> dict[str, Any]:
    """The article under which an amount alone excuses a tender, and how many fields its justification must fill."""
    cap, fields = cite("exception.amount_cap", day, **about), cite("exception.justification.fields", day, **about)
    return {
        "amount_article": cap.article if cap else None,
        "justification_fields": len(fields.value) if fields else None,
    }


@functools.cache
def columns() -> tuple[str, ...]:
    """The columns that `values` fills: each name of `TERMS` with every unit that the rulebook gives its key."""
    rows = loader.tables().rows
    units = {name: {row.unit for row in rows.get(key, ())} & set(_UNITS) for name, key in TERMS.items()}
    return tuple(sorted({name + _UNITS[unit] for name, found in units.items() for unit in found}))


def _law_of(spell: Spell, category: str, place: str) -> str | None:
    try:
        return law.rulebook(spell.start, place, category=category).law
    except law.LawError:
        return None


def brackets() -> Iterator[dict[str, Any]]:
    """Ceilings by year and category, pesos without VAT: `low` <= authorised budget < `high` (null: no end)."""
    for name, key in CEILINGS.items():
        for row in loader.tables().rows.get(key, ()):
            low, high = row.budget or (0, None)
            for category in row.applies.get("category", CATEGORIES):
                yield {
                    "ceiling": name,
                    "year": row.start.year,
                    "category": category,
                    "low": float(low),
                    "high": None if high is None else float(high),
                    "value": None if row.unknown else float(row.value),
                    "certainty": row.certainty,
                }


def mexican(t: Tables) -> ir.Table:
    """(rid, law_category, procedure, character, law_day, law_year) of the Mexican processes, in the rulebook's words;
    `procedure` is null where neither details nor method tell it, `law_category` is goods where no category is told.
    """
    return t.once("mexican", _mexican)


def _mexican(t: Tables) -> ir.Table:
    dates = processes(t).join(dated(t), "rid")
    p = attach(dates, t.org.select(who_oid="oid", country="country"), "who_oid")
    place = t.manifest.place.lower()
    if place and not place.startswith(tuple(names.JURISDICTIONS)):
        here = ibis.literal(False)
    elif place:
        here = ibis.literal(True)
    else:
        country = p.country.fill_null("").upper()
        p = attach(p, _paid_in(t), "rid")
        currency = ibis.coalesce(p.currency, p.budget_currency, p.paid_in).fill_null("").upper()
        here = (p.country.fill_null("") != "").ifelse(
            country.isin(["MX", "MEX", "MEXICO", "MÉXICO"]), currency == "MXN"
        )
    return p.filter(here).select(
        "rid",
        law_category=_category(p),
        procedure=procedure_of(p.method, p.method_detail),
        character=character_of(p.character),
        law_day=p.day,
        law_year=p.year,
    )


def _paid_in(t: Tables) -> ir.Table:
    """(rid, paid_in): the currency of the awards and contracts of a process, the last by name where they differ."""
    both = t.award.select("rid", "currency").union(t.contract.select("rid", "currency"))
    return both.filter(both.currency.notnull()).group_by("rid").aggregate(paid_in=both.currency.max())


def _category(p: ir.Table) -> ir.StringValue:
    said = p.category_detail.fill_null("").lower()
    related = said.contains("relacionados con la") | said.contains("relatedservices")
    works = ibis.cases((related, "works_services"), else_="works")
    return ibis.cases(
        (p.category == "works", works),
        (said.contains("arrendamiento") | said.contains("lease"), "lease"),
        (p.category == "services", "services"),
        else_="goods",
    )


def procedure_of(method: ir.StringValue, detail: ir.StringValue) -> ir.StringValue:
    """The Mexican procedure: what the details say, since publishers use the words of OCDS each in their own way; else
    the method, where `limited` is a direct award. Null where neither tells.
    """
    said = detail.fill_null("").lower()
    return ibis.cases(
        (said.contains("adjudicaci"), DIRECT),
        (said.contains("invitaci"), INVITED),
        (said.contains("licitaci"), OPEN),
        (method == "open", OPEN),
        (method == "selective", INVITED),
        (method.isin(["direct", "limited"]), DIRECT),
        else_=ibis.null("string"),
    )


def character_of(character: ir.StringValue) -> ir.StringValue:
    """N, T or I (national, international under treaties, open international); null where not told."""
    said = character.fill_null("").lower()
    return ibis.cases(
        ((said == "t") | said.contains("tratado") | said.contains("treat"), "T"),
        ((said == "i") | said.contains("abiert") | said.contains("open"), "I"),
        ((said == "n") | said.startswith("nacional") | said.startswith("national"), "N"),
        else_=ibis.null("string"),
    )


def statutory(t: Tables) -> ir.Table:
    """One row for each Mexican process: the columns of `mexican`, `law` (id of the statute), `t_da` and `t_i3` (see
    `ceilings`), `amount_article`, `justification_fields` and the columns that `columns()` names; null where the
    rulebook records no value.
    """
    return t.once("statutory", _statutory)


def _statutory(t: Tables) -> ir.Table:
    m = mexican(t)
    spans = _hold(t, "law_spells", [{"spell": n, "from": s.start, "until": s.until} for n, s in enumerate(spells())])
    days = m.select("law_day").distinct()
    when = days.inner_join(spans, [days.law_day >= spans["from"], days.law_day < spans.until])
    table = t.once("law_values", lambda t: t.engine.hold("law_values_rows", values(jurisdiction(t))))
    there = table.rename(law_category="category", character_key="character")
    spelled = attach(m, when.select("law_day", "spell"), "law_day")
    told = spelled.mutate(character_key=spelled.character.fill_null(UNKNOWN))
    joined = attach(told, there, ["spell", "law_category", "procedure", "character_key"])
    kept = joined.select(*m.columns, "law", "amount_article", "justification_fields", *columns())
    return attach(kept, ceilings(t).drop("budget"), "rid")


def ceilings(t: Tables) -> ir.Table:
    """(rid, t_da, t_i3, budget, budget_known) of each Mexican process: ceilings in pesos without VAT by year,
    category and the bracket of the buyer's authorised budget (table `buyer_budget`). Without the budget: those of the
    top bracket, the highest there are, and `budget_known` is false.
    """
    return t.once("ceilings", _ceilings)


def _ceilings(t: Tables) -> ir.Table:
    m = mexican(t).join(processes(t).select("rid", "who_oid"), "rid")
    b = t.buyer_budget
    budget = b.group_by(["buyer_oid", "year"]).aggregate(budget=b.amount.max())
    kind = {"high": pa.float64(), "value": pa.float64(), "year": pa.int32()}
    table = _hold(t, "law_ceilings", list(brackets()), kind)
    asked = attach(m, budget.rename(who_oid="buyer_oid", law_year="year"), ["who_oid", "law_year"])
    grain = asked.select("law_year", "law_category", "budget").distinct()
    at = grain.inner_join(table, [grain.law_year == table.year, grain.law_category == table.category])
    # Without a budget: the bracket that has no upper end. A year that is not recorded has no row, so null values.
    fits = (at.budget >= at.low) & (at.high.isnull() | (at.budget < at.high))
    inside = at.filter(at.budget.isnull().ifelse(at.high.isnull(), fits))
    found = inside.group_by(["law_year", "law_category", "budget"]).aggregate(
        **{name: (inside.ceiling == name).ifelse(inside.value, ibis.null("float64")).max() for name in CEILINGS}
    )
    joined = attach(asked, found, ["law_year", "law_category", "budget"])
    return joined.select("rid", *CEILINGS, "budget", budget_known=joined.budget.notnull())


def jurisdiction(t: Tables) -> str:
    """The rulebook that holds at the place of the store, the federal one where it is not told."""
    place = t.manifest.place.lower()
    return next((code for code in names.JURISDICTIONS if place.startswith(code)), "mx")


def _hold(t: Tables, name: str, rows: list[dict[str, Any]], kinds: dict[str, pa.DataType] | None = None) -> ir.Table:
    """A table of ours on the engine, once; `kinds`: types that the rows alone do not tell."""
    table = pa.Table.from_pylist(rows)
    for column, kind in (kinds or {}).items():
        table = table.set_column(table.column_names.index(column), column, table[column].cast(kind))
    return t.once(name, lambda t: t.engine.hold(f"{name}_rows", table))


DAYS_FROM, DAYS_UNTIL = date(2000, 1, 1), date(2045, 1, 1)


def working_days(t: Tables) -> ir.Table:
    """(day, nth): for each day from 2000 to 2044, how many working days there were up to it, itself included, by the
    calendar of the store's place. Working days after `a` up to `b` are nth(b) - nth(a).
    """
    return t.once("working_days", lambda t: t.engine.hold("working_days_rows", _calendar(jurisdiction(t))))


@functools.cache
def _calendar(place: str) -> pa.Table:
    calendar = law.calendar(place)
    days = [date.fromordinal(n) for n in range(DAYS_FROM.toordinal(), DAYS_UNTIL.toordinal())]
    nth, seen = [], 0
    for day in days:
        seen += calendar.is_working(day)
        nth.append(seen)
    return pa.table({"day": pa.array(days, pa.date32()), "nth": pa.array(nth, pa.int64())})


def working_between(t: Tables, table: ir.Table, start: str, end: str, name: str) -> ir.Table:
    """`table` with the column `name`: working days after the day `start` up to the day `end`, negative when the end
    comes first, null when either is null or beyond the calendar.
    """
    days = working_days(t)
    joined = attach(table, days.rename({start: "day", "nth_start": "nth"}), start)
    joined = attach(joined, days.rename({end: "day", "nth_end": "nth"}), end)
    return joined.mutate(**{name: joined.nth_end - joined.nth_start}).drop("nth_start", "nth_end")
