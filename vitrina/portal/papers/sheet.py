# SPDX-License-Identifier: Apache-2.0
"""The sheet that every act is printed on: heading, sentences, tables, who signed, and where to check it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from io import BytesIO

from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

INK, SOFT, LINE = colors.HexColor("#0f1f1d"), colors.HexColor("#566763"), colors.HexColor("#d3dcd9")
_BASE = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=14, textColor=INK, spaceAfter=6)
_STYLES = {
    "title": ParagraphStyle("title", _BASE, fontName="Times-Roman", fontSize=20, leading=25, spaceAfter=8),
    "heading": ParagraphStyle("heading", _BASE, fontName="Times-Roman", fontSize=13, leading=17, spaceBefore=12),
    "kept": ParagraphStyle(
        "kept", _BASE, fontName="Times-Roman", fontSize=13, leading=17, spaceBefore=12, keepWithNext=1
    ),
    "body": _BASE,
    "small": ParagraphStyle("small", _BASE, fontSize=8, leading=11, textColor=SOFT),
    "cell": ParagraphStyle("cell", _BASE, fontSize=9, leading=12, spaceAfter=0),
    "number": ParagraphStyle("number", _BASE, fontSize=9, leading=12, spaceAfter=0, alignment=2),
}


@dataclass
class Sheet:
    """What a paper says, top to bottom. Text is plain; it is escaped here."""

    title: str
    over: str
    foot: str
    parts: list[Flowable] = field(default_factory=list)

    def heading(self, text: str, *, keep: bool = False) -> None:
        """A heading; with `keep` never the last line of a page, which costs time where there are thousands."""
        self.parts.append(Paragraph(escape(text), _STYLES["kept" if keep else "heading"]))

    def say(self, *sentences: str) -> None:
        for sentence in sentences:
            if sentence:
                self.parts.append(Paragraph(escape(sentence).replace("\n", "<br/>"), _STYLES["body"]))

    def table(self, columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]]) -> None:
        """A table; `columns` are (label, is it a number). Long tables break between rows with the header repeated."""
        kinds = ["number" if is_number else "cell" for _label, is_number in columns]
        head = [
            Paragraph(f"<b>{escape(label)}</b>", _STYLES[k]) for (label, _n), k in zip(columns, kinds, strict=True)
        ]
        body = [[Paragraph(escape(str(c)), _STYLES[k]) for c, k in zip(row, kinds, strict=True)] for row in rows]
        widths = [170 * mm / len(columns)] * len(columns)
        # a row taller than a page goes on over the next one
        table = Table([head, *body], repeatRows=1, hAlign="LEFT", colWidths=widths, splitInRow=1)
        table.setStyle(
            TableStyle(
                [
                    ("LINEABOVE", (0, 0), (-1, 0), 0.8, INK),
                    ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ]
            )
        )
        self.parts += [table, Spacer(1, 6)]

    def signatures(self, people: Sequence[tuple[str, str, str]]) -> None:
        """Who took part: (name, office, how they signed, or nothing where the act bears no signature)."""
        self.heading(_("Who took part"))
        self.table(
            [(_("Name"), False), (_("Office"), False), (_("Signature"), False)],
            [(name, office, how or _("not signed")) for name, office, how in people],
        )

    def pdf(self) -> bytes:
        """The sheet as a letter-size PDF, the same bytes for the same act."""
        buffer = BytesIO()
        document = SimpleDocTemplate(
            buffer,
            pagesize=letter,
            title=self.title,
            author="Vitrina",
            lang="es-MX",
            invariant=1,
            leftMargin=22 * mm,
            rightMargin=22 * mm,
            topMargin=20 * mm,
            bottomMargin=24 * mm,
        )
        story: list[Flowable] = [
            Paragraph(escape(self.over), _STYLES["small"]),
            Paragraph(escape(self.title), _STYLES["title"]),
            *self.parts,
        ]
        document.build(story, onFirstPage=self._footer, onLaterPages=self._footer)
        return buffer.getvalue()

    def _footer(self, canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.saveState()
        canvas.setFont("Helvetica", 7.5)
        canvas.setFillColor(SOFT)
        for n, line in enumerate(self.foot.split("\n")):
            canvas.drawString(22 * mm, 15 * mm - n * 10, line)
        canvas.drawRightString(letter[0] - 22 * mm, 15 * mm, str(document.page))
        canvas.restoreState()
