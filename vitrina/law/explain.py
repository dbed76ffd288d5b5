# SPDX-License-Identifier: Apache-2.0
"""The sentence a page shows for a rule: value, what it is, article, certainty. The words are data (sentences.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from vitrina.law.loader import DATA
from vitrina.law.model import Rule

MONTHS = {
    "es": [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}


@lru_cache(maxsize=1)
def sentences() -> dict[str, dict[str, dict[str, Any]]]:
    """All sentences, by table and name."""
    return tomllib.loads((DATA / "sentences.toml").read_text("utf-8"))


def language(lang: str | None) -> str:
    """`es` or `en`: the language of the sentences for a language code (`en-gb`, `es_MX`); Spanish by default."""
    return "en" if (lang or "").lower().startswith("en") else "es"


def phrase(table: str, name: str, lang: str) -> str:
    """One phrase of the data; the name itself where none is recorded."""
    found = sentences()[table].get(name)
    return str(found[language(lang)]) if found else name


def number(value: Any) -> str:
    """A number with thousands commas, without idle zeros (`1,145,000`, `37.5`)."""
    if isinstance(value, Decimal):
        value = value.normalize()
        return f"{value:,f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def day(value: date, lang: str) -> str:
    """A date in words: `23 de febrero de 2026`, `23 February 2026`."""
    month = MONTHS[language(lang)][value.month - 1]
    return f"{value.day} {month} {value.year}" if language(lang) == "en" else f"{value.day} de {month} de {value.year}"


def _join(parts: list[str], lang: str) -> str:
    joint = f" {phrase('phrase', 'and', lang)} "
    return ", ".join(parts[:-1]) + joint + parts[-1] if len(parts) > 1 else "".join(parts)


def amount(value: Any, unit: str, lang: str = "es") -> str:
    """A value with its unit in words: `15 días naturales`, `20 %`, `1,145,000 pesos sin IVA`."""
    if value is None:
        return phrase("phrase", "unknown", lang)
    if unit in _WORDS:
        return _WORDS[unit](value, lang)
    if isinstance(value, list):
        return f"{_join([number(item) for item in value], lang)} {_unit(unit, 2, lang)}"
    words = _unit(unit, value, lang)
    return f"{number(value)} {words}" if words else number(value)


def _month_day(value: str, lang: str) -> str:
    month, on = (int(part) for part in value.split("-"))
    name = MONTHS[language(lang)][month - 1]
    return f"{on} {name}" if language(lang) == "en" else f"{on} de {name}"


_WORDS: dict[str, Callable[[Any, str], str]] = {
    "bool": lambda value, lang: phrase("phrase", "true" if value else "false", lang),
    "share": lambda value, lang: number(Decimal(value) * 100) + ("%" if language(lang) == "en" else " %"),
    "enum": lambda value, lang: phrase("word", value, lang),
    "month_day": _month_day,
    "date": lambda value, lang: day(date.fromisoformat(str(value)), lang),
    "list": lambda value, lang: _join([phrase("word", item, lang) for item in value], lang),
    "table": lambda value, lang: f"{len(value)} {_unit('table', len(value), lang)}",
}


def _unit(unit: str, value: Any, lang: str) -> str:
    forms = sentences()["unit"].get(unit)
    return str(forms[language(lang)][0 if value == 1 else 1]) if forms else ""


def citation(rule: Rule, lang: str = "es") -> str:
    """The article as cited: `art. 42 LAASSP-2025`, `art. 114 del Reglamento de LAASSP-2025`."""
    law, article = rule.article_law or rule.law, rule.article
    if article.startswith("Regl."):
        text = phrase("phrase", "regulation", lang).format(a=article.removeprefix("Regl."), law=law)
    elif re.fullmatch(r"\d+-\d+", article):
        text = phrase("phrase", "articles", lang).format(a=article, law=law)
    elif article[:1].isdigit():
        text = phrase("phrase", "article", lang).format(a=article, law=law)
    else:
        text = f"{article} {law}".strip()
    return f"{text} {phrase('phrase', 'unread', lang).format(law=rule.law)}" if rule.article_law else text


def standing(rule: Rule, lang: str = "es") -> str:
    """How sure the value is, and that no lawyer has confirmed it (or who recorded it)."""
    if rule.responsible:
        confirmed = phrase("phrase", "responsible", lang).format(who=rule.responsible)
    else:
        confirmed = phrase("phrase", "unverified", lang)
    return f"{phrase('certainty', rule.certainty, lang)}, {confirmed}"


def explain(rule: Rule, lang: str = "es", facts: dict[str, Any] | None = None) -> str:
    """One sentence without its full stop, in Spanish or English.

    `facts`: `days` (an int in the rule's unit), and optionally `start` and `end` (dates) of the case at hand.
    """
    if rule.value is None:
        return phrase("phrase", "unknown_rule", lang).format(law=rule.law, key=rule.key)
    found = sentences()["rule"].get(rule.key)
    template = found[language(lang)] if found else rule.key + ": {v}"
    parts = [template.format(v=amount(rule.value, rule.unit, lang)), citation(rule, lang), standing(rule, lang)]
    sentence = ", ".join(part for part in parts if part)
    if not facts:
        return sentence
    days = amount(facts["days"], rule.unit, lang)
    if facts.get("start") and facts.get("end"):
        dates = {"start": day(facts["start"], lang), "end": day(facts["end"], lang)}
        return f"{sentence}; {phrase('phrase', 'facts_dated', lang).format(days=days, **dates)}"
    return f"{sentence}; {phrase('phrase', 'facts', lang).format(days=days)}"
