# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a row of a sheet of questions, and how to mend it, in words."""

from __future__ import annotations

from collections import defaultdict

from django.utils.translation import gettext as _

from .sheet import MOST_LETTERS, MOST_ROWS, Fault, Sheet


def _letters(count: str) -> dict[str, str]:
    return {"n": f"{int(count):,}", "most": f"{MOST_LETTERS:,}"}


WHAT = {
    "topic": lambda v: _("“%(value)s” is no topic.") % {"value": v} if v else _("It says no topic."),
    "about": lambda v: _("“%(value)s” is the number of no answer.") % {"value": v} if v else _("It names no answer."),
    "empty": lambda _v: _("There is no question."),
    "long": lambda v: _("The question has %(n)s letters; the most are %(most)s.") % _letters(v),
    "unsafe": lambda _v: _("It holds characters that cannot be shown."),
    "beyond": lambda _v: _("It comes after the first %(n)s rows.") % {"n": f"{MOST_ROWS:,}"},
}  # fmt: skip
HOW = {
    "topic": lambda: _("Write técnica, legal or económica."),
    "about": lambda: _("Write the number of the question whose answer you ask about."),
    "empty": lambda: _("Write the question, or leave the whole row empty."),
    "long": lambda: _("Shorten it, or part it into two rows."),
    "unsafe": lambda: _("Write it again by hand, without pasting."),
    "beyond": lambda: _("Send these rows in another file."),
}
SHEET = {
    "encoding": lambda: _("The file cannot be read as text. Save it as CSV UTF-8 or as XLSX."),
    "header": lambda: _("The first row must name the two columns of the template. Take the template."),
    "damaged": lambda: _("The file is damaged or is not the kind that its name says. Save it again."),
    "kind": lambda: _("Send a sheet: CSV or XLSX. Take the template."),
    "nothing": lambda: _("The file has no rows. Take the template and write one question in each row."),
}


def column(fault: Fault) -> str:
    """The column as the sheet names it."""
    return {"topic": "tema", "about": "respuesta", "text": "pregunta"}.get(fault.column, "")


def what(fault: Fault) -> str:
    """What is wrong, as a sentence."""
    return WHAT[fault.code](fault.value)


def how(fault: Fault) -> str:
    """How to mend it, as a sentence."""
    return HOW[fault.code]()


def by_row(sheet: Sheet) -> dict[int, tuple[str, str]]:
    """(what is wrong, how to mend it) of each row at fault."""
    found: dict[int, list[Fault]] = defaultdict(list)
    for fault in sheet.faults:
        found[fault.number].append(fault)
    return {n: (" ".join(map(what, many)), " ".join(dict.fromkeys(map(how, many)))) for n, many in found.items()}
