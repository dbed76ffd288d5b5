# SPDX-License-Identifier: Apache-2.0
"""Writes a report of quality: three tables as CSV, and a summary to read in Spanish and in English."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import msgspec

from .declare import Level, State
from .registry import checks
from .run import Report

EMPTIEST = 15
COLUMNS = {
    "checks": [
        *("code", "level", "version", "title_es", "title_en", "state"),
        *("pass", "fail", "undefined", "reason", "detail"),
    ],
    "fields": ["path", "possible", "set", "filled", "check", "pass", "fail", "undefined"],
    "examples": ["code", "rid", "ocid", "path", "line", "value"],
}
LEVELS = {
    Level.FIELD: ("Campos", "Fields"),
    Level.RECORD: ("Registros", "Records"),
    Level.COLLECTION: ("Colección", "Collection"),
    Level.TIME: ("En el tiempo", "Over time"),
}
SAID = {
    "title": ("Calidad de los datos", "Quality of the data"),
    "how": (
        "Cada verificación pasa, falla o queda sin definir; lo que no se probó no cuenta como bueno.",
        "Each check passes, fails or is undefined; what was not tested does not count as good.",
    ),
    "counts": (
        "{pass} pasan, {fail} fallan, {undefined} sin definir.",
        "{pass} pass, {fail} fail, {undefined} undefined.",
    ),
    "read": ("Publicaciones leídas: {n:,}.", "Releases read: {n:,}."),
    "refused": ("Registros que no son publicaciones: {what}.", "Records that are no releases: {what}."),
    "head": (
        "| clave | verificación | estado | pasan | fallan | sin definir | por qué |",
        "| code | check | state | pass | fail | undefined | why |",
    ),
    "empty": ("Campos menos llenos", "Fields least filled"),
    "fields": ("| campo | posibles | llenos |", "| field | possible | filled |"),
    "examples": ("Ejemplos", "Examples"),
}
STATES = {
    State.PASS.value: ("pasa", "pass"),
    State.FAIL.value: ("falla", "fail"),
    State.UNDEFINED.value: ("sin definir", "undefined"),
}


def write(report: Report, folder: Path) -> list[str]:
    """The names of the files that were written into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in COLUMNS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(_cells(row) for row in getattr(report, name))
    (folder / "resumen.md").write_text(summary(report, "es"), encoding="utf-8")
    (folder / "summary.md").write_text(summary(report, "en"), encoding="utf-8")
    return [*(f"{name}.csv" for name in COLUMNS), "resumen.md", "summary.md"]


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    return {k: msgspec.json.encode(v).decode() if isinstance(v, dict) else v for k, v in row.items()}


def summary(report: Report, lang: str) -> str:
    """The report to read, in Markdown."""
    at = 1 if lang == "en" else 0
    parts = [f"# {SAID['title'][at]}", SAID["how"][at], SAID["counts"][at].format(**report.counts())]
    if report.releases:
        parts.append(SAID["read"][at].format(n=report.releases))
    if report.refused:
        what = ", ".join(f"{reason} {n:,}" for reason, n in report.refused.items())
        parts.append(SAID["refused"][at].format(what=what))
    for level, names in LEVELS.items():
        rows = [_line(row, lang, at) for row in report.checks if row["level"] == level]
        parts.append("\n".join([f"## {names[at]}", "", SAID["head"][at], "|-|-|-|-|-|-|-|", *rows]))
    least = sorted(report.fields, key=lambda f: (f["filled"] / f["possible"], f["path"]))[:EMPTIEST]
    if least:
        rows = [f"| `{f['path']}` | {f['possible']:,} | {f['filled'] / f['possible']:.1%} |" for f in least]
        parts.append("\n".join([f"## {SAID['empty'][at]}", "", SAID["fields"][at], "|-|-|-|", *rows]))
    failed = {row["code"] for row in report.checks if row["state"] == State.FAIL}
    shown: dict[str, str] = {}
    for example in report.examples:
        if example["code"] in failed:
            shown.setdefault(example["code"], f"- {example['code']}: `{example['ocid']}` `{example['path']}`")
    if shown:
        parts.append("\n".join([f"## {SAID['examples'][at]}", "", *shown.values()]))
    return "\n\n".join(parts) + "\n"


def _line(row: dict[str, Any], lang: str, at: int) -> str:
    check = checks()[row["code"]]
    why = (check.undefined.say(lang) if row["state"] == State.UNDEFINED else check.rule.say(lang)).replace("|", "\\|")
    counts = " | ".join(f"{row[state.value]:,}" for state in State)
    return f"| {row['code']} | {check.title.say(lang)} | {STATES[row['state']][at]} | {counts} | {why} |"
