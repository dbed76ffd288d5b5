# SPDX-License-Identifier: Apache-2.0
"""A drawing as SVG: inside a page by the classes of its style sheet, as a file by attributes of its own."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString, mark_safe

from vitrina.kernel.text import for_xml

from .drawing import Drawing, Shape

INK, INK_2, INK_3, GRID, AXIS, BAR = "#0f1f1d", "#3d4e4b", "#566763", "#d3dcd9", "#74837f", "#74837f"
ACCENT, AMBER, PAPER, PAPER_2 = "#00605c", "#b26f00", "#ffffff", "#f4f8f7"
FACE = "Source Sans 3, Segoe UI, Noto Sans, Arial, sans-serif"
# What the style sheet says of each class (web/static/css/components.css, .chart), for a file that stands alone.
ALONE: dict[str, dict[str, str]] = {
    "bar": {"fill": BAR},
    "bar first": {"fill": ACCENT},
    "bar case": {"fill": AMBER},
    "bar open": {"fill": PAPER_2, "stroke": AXIS, "stroke-dasharray": "4 3"},
    "axis": {"stroke": AXIS, "fill": "none"},
    "grid": {"stroke": GRID, "fill": "none"},
    "line l1": {"stroke": ACCENT, "stroke-width": "2", "fill": "none"},
    "line l2": {"stroke": INK, "stroke-width": "2", "fill": "none"},
    "line l3": {"stroke": BAR, "stroke-width": "2", "fill": "none"},
    "m1": {"fill": ACCENT},
    "m2": {"fill": INK},
    "m3": {"fill": BAR},
    "strong": {"fill": INK, "font-weight": "600"},
    "": {"fill": INK_2},
}
MARGIN, TITLE_LINE, FOOT_LINE = 24, 24, 17
CHARS = {"title": 9, "note": 6}  # pixels of a letter


def in_page(drawing: Drawing) -> SafeString:
    """The drawing for a page; its finding is told by the figure around it."""
    shapes = "".join(_shape(one, {"class": one.kind} if one.kind else {}) for one in drawing.shapes)
    field = f"0 0 {drawing.width} {drawing.height}"
    return mark_safe(f'<svg class="chart" viewBox="{field}" aria-hidden="true">{shapes}</svg>')  # noqa: S308 - escaped


def as_file(drawing: Drawing, title: str, notes: Iterable[str], foot: Iterable[str]) -> bytes:
    """A file of its own: title and notes above, dated source below. UTF-8."""
    titles = _wrapped(title, drawing.width // CHARS["title"])
    texts = [piece for note in notes for piece in _wrapped(note, drawing.width // CHARS["note"])]
    feet = [piece for note in foot for piece in _wrapped(note, drawing.width // CHARS["note"])]
    top = MARGIN + TITLE_LINE * len(titles) + FOOT_LINE * len(texts) + 12
    below = top + drawing.height + 24
    width, height = drawing.width + 2 * MARGIN, below + FOOT_LINE * len(feet) + MARGIN - 8
    said = [_text(t, MARGIN, MARGIN + 14 + TITLE_LINE * i, INK, "18", "600") for i, t in enumerate(titles)]
    under = MARGIN + TITLE_LINE * len(titles) + 10
    said += [_text(t, MARGIN, under + FOOT_LINE * i, INK_3, "13") for i, t in enumerate(texts)]
    said += [_text(t, MARGIN, below + FOOT_LINE * i, INK_3, "13") for i, t in enumerate(feet)]
    shapes = "".join(_shape(one, ALONE.get(one.kind, ALONE[""])) for one in drawing.shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" font-family="{FACE}" font-size="12.5"><title>{_safe(title)}</title>'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>{"".join(said)}'
        f'<g transform="translate({MARGIN} {top})">{shapes}</g></svg>\n'
    ).encode()


def _shape(one: Shape, look: dict[str, str]) -> str:
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in (*look.items(), *one.attributes))
    return f"<{one.tag}{attributes}>{_safe(one.text)}</{one.tag}>" if one.text else f"<{one.tag}{attributes}/>"


def _text(text: str, x: int, y: int, fill: str, size: str, weight: str = "400") -> str:
    return f'<text x="{x}" y="{y}" fill="{fill}" font-size="{size}" font-weight="{weight}">{_safe(text)}</text>'


def _safe(text: str) -> str:
    return escape(for_xml(text))


def _wrapped(text: str, letters: int) -> list[str]:
    """Text in lines of so many letters."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > letters:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines if lines[-1] else []
