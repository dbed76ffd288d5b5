# SPDX-License-Identifier: Apache-2.0
"""docs/law/rules.md and docs/law/open-questions.md, written from the data."""

from __future__ import annotations

import tomllib
from typing import Any

from vitrina.law.calendars import calendar
from vitrina.law.explain import amount
from vitrina.law.loader import DATA, tables
from vitrina.law.model import Entry

MARKS = (
    "**D** agrees with real rows, **R** original text read, **S** secondary source, **M** from memory (high "
    "confidence), **m** from memory (low confidence), **P** our proposal, **?** unknown"
)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _value(row: Entry) -> str:
    if row.unknown:
        return "**unknown**"
    if row.unit == "table":
        return _cell("; ".join(f"{name}: {_item(item)}" for name, item in row.value.items()))
    return _cell(amount(row.value, row.unit, "en"))


def _item(item: Any) -> str:
    if isinstance(item, dict):
        return f"({', '.join(f'{name}: {_item(inner)}' for name, inner in item.items())})"
    return amount(item, _kind(item), "en")


def _kind(item: Any) -> str:
    return "bool" if isinstance(item, bool) else "enum" if isinstance(item, str) else "count"


def _applies(row: Entry) -> str:
    parts = [f"{name} {'/'.join(codes)}" for name, codes in row.applies.items()]
    if row.budget:
        low, high = row.budget
        parts.append(f"budget {low:,} to {high:,}" if high else f"budget from {low:,}")
    return _cell(", ".join(parts) or "all")


def _article(row: Entry) -> str:
    return _cell(f"{row.article} of {row.article_law}" if row.article_law else row.article or "-")


def _calendar_lines() -> list[str]:
    """The rest days, from the calendar data, with the days on which they fall around now."""
    out = ["## Rest days", "", "Ley Federal del Trabajo, art. 74, certainty M. Each buyer adds its own list.", ""]
    out += ["| day | 2024 | 2025 | 2026 | 2027 | 2030 |", "|---|---|---|---|---|---|"]
    for holiday in calendar().holidays:
        falls = (str(holiday.on(year) or "-") for year in (2024, 2025, 2026, 2027, 2030))
        out.append(f"| {holiday.label.en} | {' | '.join(falls)} |")
    return [*out, ""]


def rules_page() -> str:
    """docs/law/rules.md: every law and every row. Deterministic."""
    data = tables()
    out = [
        "# Rules: every value of the law that this system uses",
        "",
        (
            "Written by `vitrina law docs` from `vitrina/law/data`; a test says when it is out of date. "
            f"Certainty: {MARKS}. Nobody has read the 2025 statutes in the official gazette: a lawyer confirms each "
            "value before a real buyer goes live. An article *of* another law is cited where that of the law itself "
            "is unread."
        ),
        "",
    ]
    for law in data.laws.values():
        rows = sorted(data.of_law(law.id), key=lambda r: (r.key, r.start, r.where))
        ends = f" until {law.until} (the first day not governed)" if law.until else ""
        out += [
            f"## {law.id}",
            "",
            (
                f"{law.title}. Jurisdiction `{law.jurisdiction}`, from {law.start}{ends}. "
                f"Certainty {law.certainty}. {law.note[:1].upper()}{law.note[1:]}."
            ),
            "",
        ]
        if not rows:
            out += ["No rows.", ""]
            continue
        out += [
            "| key | value | applies | article | from | until | mark | when broken | note |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        for row in rows:
            question = f" (open question {row.question})" if row.question else ""
            out.append(
                f"| `{row.key}` | {_value(row)} | {_applies(row)} | {_article(row)} | {row.start} | {row.until or ''} "
                f"| {row.certainty} | {row.severity} | {_cell(row.note)}{question} |"
            )
        out.append("")
    return "\n".join(out + _calendar_lines())


def questions() -> list[dict[str, Any]]:
    """The open questions for a lawyer: number, title, what is known, what the system does meanwhile."""
    found: list[dict[str, Any]] = tomllib.loads((DATA / "questions.toml").read_text("utf-8"))["question"]
    return found


def questions_page() -> str:
    """docs/law/open-questions.md. Deterministic."""
    rows = [row for group in tables().rows.values() for row in group]
    out = [
        "# Open questions for a lawyer",
        "",
        (
            "Written by `vitrina law docs`. Each value below works today with its mark shown; an answer is a new row "
            "in the data with the article and who confirmed it."
        ),
        "",
    ]
    for question in questions():
        used = sorted({f"`{row.key}` ({row.law})" for row in rows if row.question == question["number"]})
        out += [
            f"## {question['number']}. {question['title']}",
            "",
            question["known"],
            "",
            f"Meanwhile: {question['meanwhile']}",
            "",
            f"Rows: {', '.join(used) or question.get('rows', 'none')}.",
            "",
        ]
    return "\n".join(out)
