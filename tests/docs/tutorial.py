# SPDX-License-Identifier: Apache-2.0
"""The tutorial as data: its lines are sentences of a small language that a test and a person read alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from vitrina.site import paths

FOLDER = paths.ROOT / "docs" / "tutorial"
_ROW = re.compile(r"^\| (?P<field>.+?) \| (?P<value>.+?) \|$")
_HEAD = {"campo", "field"}


@dataclass(frozen=True)
class Line:
    """A thing to do or to see: `verb` is one of VERBS or "fill"; `what` the words that stand out; `value` what is
    written in the field, or the purchase when it is another than that of the tutorial.
    """

    verb: str
    what: str
    value: str = ""


VERBS = {
    "es": {
        "clock_next": r"pulse ahí \*\*(.+?)\*\*", "clock_weeks": r"En el reloj del pie, pulse \*\*(.+?)\*\* siete veces",
        "enter": r"^\* Entre como \*\*(.+?)\*\*", "open": r"^\* Abra \*\*(.+?)\*\*", "press": r"^\* Pulse \*\*(.+?)\*\*",
        "open_in": r"^\* En \*(?P<value>.+?)\* abra \*\*(?P<what>.+?)\*\*", "mark": r"^\* Marque \*\*(.+?)\*\*",
        "tick": r"^\* Marque la casilla \*\*(.+?)\*\*", "check": r"^\* En la página pública pulse \*\*(.+?)\*\*",
        "unfold": r"^\* Abra el recuadro \*\*(.+?)\*\*",
        "presides": r"^\* Quien preside pulsa \*\*(.+?)\*\*",
        "choose_purchase": r"^\* En la página de su llave, bajo \*(.+?)\*, elija la compra", "receipt": r"^\* El recibo dice «(.+?)»", "says": r"^\* La página dice «(.+?)»", "public": r"^\* La página pública dice «(.+?)»",
    },
    "en": {
        "clock_next": r"press \*\*(.+?)\*\* there", "clock_weeks": r"At the clock in the footer, press \*\*(.+?)\*\* seven times",
        "enter": r"^\* Enter as \*\*(.+?)\*\*", "open": r"^\* Open \*\*(.+?)\*\*", "press": r"^\* Press \*\*(.+?)\*\*",
        "open_in": r"^\* In \*(?P<value>.+?)\* open \*\*(?P<what>.+?)\*\*", "mark": r"^\* Mark \*\*(.+?)\*\*",
        "tick": r"^\* Tick \*\*(.+?)\*\*", "check": r"^\* On the public page press \*\*(.+?)\*\*",
    },
}  # fmt: skip
SIGHTS = {"receipt", "says", "public"}  # what the Spanish page promises; the English one tells it in its own way


def lines(name: str, language: str, folder: Path = FOLDER) -> list[Line]:
    """What a page (of the tutorial, unless told) asks for and promises, in order."""
    found, in_fields = [], False  # other tables explain
    for text in (folder / name).read_text(encoding="utf-8").splitlines():
        if row := _ROW.match(text):
            in_fields = in_fields or row["field"] in _HEAD
            if in_fields and row["field"] not in _HEAD:
                found.append(Line("fill", row["field"], row["value"]))
            continue
        in_fields = in_fields and text.startswith("|")
        for verb, pattern in VERBS[language].items():
            if match := re.search(pattern, text):
                found.append(Line(verb, **match.groupdict()) if match.groupdict() else Line(verb, match[1]))
                break
    return found
