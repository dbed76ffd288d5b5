# SPDX-License-Identifier: Apache-2.0
"""The cards as one HTML file that a person reads: the purchases to look at first, each with its bids, what stands out
beside its peers, the innocent readings, what to ask for. No script, nothing fetched, bidders masked as on the cards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from html import escape as e
from pathlib import Path
from typing import Any

from vitrina.insight.text import Text
from vitrina.kernel import formats

from . import heat
from .cards import Bid, Card, Signal, Words

STYLE = Path(__file__).parents[1] / "report" / "report.css"
MOST = 50
SHOWN = 0.9
MOST_SIGNALS = 6
FIRST = 3  # innocent readings that are not folded
WIDE, HIGH, SIDE = 640, 56, 16
LEVELS = {
    "market": Text(
        "compras del mismo mercado y procedimiento con tantos proponentes",
        "purchases of the same market and procedure with as many bidders",
    ),
    "market3": Text(
        "compras de un mercado más amplio con tantos proponentes", "purchases of a wider market with as many bidders"
    ),
    "bidders": Text("compras con tantos proponentes", "purchases with as many bidders"),
    "outside": Text("compras de otras cosas con tantos proponentes", "purchases of other things with as many bidders"),
}
SIDES = {
    "low": Text("más bajo que en {part} de {n} {peers}", "lower than in {part} of {n} {peers}"),
    "high": Text("más alto que en {part} de {n} {peers}", "higher than in {part} of {n} {peers}"),
    "both": Text(
        "más lejos del centro que en {part} de {n} {peers}",
        "further from the middle than in {part} of {n} {peers}",
    ),
}


class Page:
    """Writes the page in one language."""

    def __init__(
        self, found: Sequence[Card], n_tenders: int, n_processes: int, lang: str, *, is_synthetic: bool
    ) -> None:
        self.found, self.lang, self.is_synthetic = found[:MOST], lang, is_synthetic
        self.n_tenders, self.n_processes, self.n_cards = n_tenders, n_processes, len(found)

    def say(self, es: str, en: str) -> str:
        """One of two texts."""
        return en if self.lang == "en" else es

    def html(self) -> str:
        """The whole file."""
        title = self.say("Compras para leer primero", "Purchases to read first")
        synthetic = self.say("Datos sintéticos: nada de esto ocurrió.", "Synthetic data: none of this happened.")
        banner = f'<p class="banner">{synthetic}</p>' if self.is_synthetic else ""
        return (
            f'<!doctype html><html lang="{"en" if self.lang == "en" else "es-MX"}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{title}</title><style>{STYLE.read_text(encoding='utf-8')}</style></head><body><main>{banner}"
            f'<p class="over">{self.say("Filtros de colusión", "Bid-rigging screens")}</p>'
            f'<h1>{self._headline()}</h1><p class="lead">{self._lead()}</p>'
            f"{''.join(self._card(place, card) for place, card in enumerate(self.found, 1))}</main></body></html>\n"
        )

    def _headline(self) -> str:
        n = self._number(len(self.found))
        if not self.n_tenders:
            return self.say("Estos datos no dicen quién compitió.", "These data do not tell who competed.")
        if not self.found:
            return self.say("Ninguna compra se aparta de sus pares.", "No purchase stands apart from its peers.")
        if len(self.found) == 1:
            return self.say("Una compra para leer primero.", "One purchase to read first.")
        return self.say(f"{n} compras para leer primero.", f"{n} purchases to read first.")

    def _lead(self) -> str:
        n, all_ = self._number(self.n_tenders), self._number(self.n_processes)
        if not self.n_tenders:
            return self.say(
                f"Ninguno de los {all_} procesos trae dos proposiciones con precio, y sin ellas no hay nada que "
                "comparar. No quiere decir que se haya competido. Pida al comprador los precios de todas las "
                "proposiciones, también las desechadas.",
                f"None of the {all_} processes has two bids with a price, and without them there is nothing to "
                "compare. It does not mean that there was competition. Ask the buyer for the prices of all bids, "
                "those that were disqualified too.",
            )
        more = ""
        if self.n_cards > len(self.found):
            more = self.say(
                f" Hay {self._number(self.n_cards)} tarjetas; aquí están las primeras.",
                f" There are {self._number(self.n_cards)} cards; the first are here.",
            )
        return self.say(
            f"Se compararon {n} concursos por sus precios. Esto ordena expedientes para que los lea una persona: "
            f"es un indicio, no una prueba, y no acusa a nadie. Que un concurso no esté aquí no quiere decir que se "
            f"haya competido.{more}",
            f"The prices of {n} tenders were compared. This orders files for a person to read: a lead, not a proof, "
            f"and it accuses nobody. That a tender is not here does not mean that there was competition.{more}",
        )

    def _card(self, place: int, card: Card) -> str:
        when = formats.day(card.date, self.lang) if card.date else self.say("sin fecha", "no date")
        what = self.say(f"Compra {place}", f"Purchase {place}")
        lot = f" · {self.say('lote', 'lot')} {card.lot}" if card.lot else ""
        line = "" if card.line is None else f" · {self.say('renglón', 'line')} {card.line + 1}"
        signals = [s for s in card.signals if s.suspicion >= SHOWN][:MOST_SIGNALS]
        buyer = f" · {self.say('comprador', 'buyer')} {card.buyer}" if card.buyer else ""
        market = f" · {self.say('mercado', 'market')} {card.market}" if card.market else ""
        group = f"<p>{e(self._group(card.group))}</p>" if card.group else ""
        return (
            f"<section><h2>{what}</h2><div><p><code>{e(card.ocid)}</code>{e(lot + line)}<br>"
            f"{e(when + buyer + market)}</p>{self._bids(card)}{self._lines(card)}"
            f"<h3>{self.say('Lo que se aparta', 'What stands apart')}</h3>{self._signals(signals)}{group}"
            f"<h3>{self.say('Lecturas inocentes', 'Innocent readings')}</h3>{self._readings(card.innocent)}"
            f"<h3>{self.say('Lo que falta, y qué pedir', 'What is missing, and what to ask for')}</h3>"
            f"{self._texts(card.missing)}<p class='cap'>{self._chance(card)}</p></div></section>"
        )

    def _chance(self, card: Card) -> str:
        part = self._percent(card.false_alarms)
        return self.say(
            f"Si los precios no dijeran nada, {part} de los concursos honestos quedaría tan arriba como este.",
            f"If prices told nothing, {part} of honest tenders would stand as high as this one.",
        )

    def _signals(self, signals: Sequence[Signal]) -> str:
        if not signals:
            none = self.say("Solo el conjunto: ninguna medida sola.", "Only the whole of them: no measure alone.")
            return f"<p>{none}</p>"
        by_reason: dict[str, list[Signal]] = {}
        for signal in signals:
            by_reason.setdefault(self._of(signal.why), []).append(signal)
        return "".join(
            f"<p>{e(why)}</p><ul>{''.join(self._signal(one) for one in some)}</ul>" for why, some in by_reason.items()
        )

    def _signal(self, signal: Signal) -> str:
        told = (
            SIDES[signal.side]
            .say(self.lang)
            .format(
                part=self._percent(signal.suspicion),
                n=self._number(signal.peers),
                peers=LEVELS[signal.level].say(self.lang),
            )
        )
        return (
            f"<li><b>{e(self._of(signal.title))}</b> <code>{e(signal.code)} = {self._number(signal.value)}</code>: "
            f"{e(told)}.</li>"
        )

    def _bids(self, card: Card) -> str:
        """The prices on a line from the lowest to the highest, and as a table."""
        low = min([b.price for b in card.bids] + ([card.estimate] if card.estimate else []))
        high = max([b.price for b in card.bids] + ([card.estimate] if card.estimate else []))
        money = card.currency or ""
        ends = self.say(
            f"El eje va de {self._price(low)} a {self._price(high)} {money}.",
            f"The axis runs from {self._price(low)} to {self._price(high)} {money}.",
        )
        if card.estimate:
            ends += " " + self.say("La raya es el estimado.", "The line is the estimate.")
        rows = "".join(self._bid(bid, card.bids[0].price) for bid in card.bids)
        heads = (
            self.say("Proposición", "Bid"),
            self.say("Precio", "Price"),
            self.say("Sobre la más baja", "Above the lowest"),
        )
        head = "".join(f"<th>{text}</th>" for text in heads)
        return (
            f"{_strip(card, low, high, ends)}<p class='cap'>{e(ends)}</p>"
            f"<table class='num'><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )

    def _bid(self, bid: Bid, lowest: float) -> str:
        above = self._percent(bid.price / lowest - 1) if bid.price > lowest else "—"
        name, price = e(self._bidder(bid.bidder)), self._price(bid.price)
        return f"<tr><th scope='row'>{name}</th><td>{price}</td><td>{above}</td></tr>"

    def _lines(self, card: Card) -> str:
        """The prices of all lines of the lot, each beside the lowest of its line."""
        if card.lines is None:
            return ""
        found, names = card.lines, [self._bidder(name) for name in card.lines.bidders]
        title = self.say(
            "Precios por renglón, sobre el más bajo de cada uno.", "Prices by line, above the lowest of each."
        )
        steps = ", ".join(self._percent(step) for step in heat.STEPS[1:])
        scale = self.say(
            f"Verde: el más bajo del renglón. De claro a oscuro: hasta {steps} más, y arriba. En blanco: no cotizó. "
            "Filas del mismo tono dicen una sola hoja multiplicada; un verde distinto en cada columna, un reparto. "
            "También los explica un mismo proveedor o surtidos distintos.",
            f"Green: the lowest of the line. From light to dark: up to {steps} more, and beyond. Blank: not priced. "
            "Rows of one shade suggest one sheet that was scaled; another green in each column, lines shared out. "
            "One wholesaler or different assortments explain them too.",
        )
        if found.n_lines > len(found.lines):
            n, all_ = self._number(len(found.lines)), self._number(found.n_lines)
            scale += self.say(f" Aquí van {n} de {all_} renglones.", f" {n} of {all_} lines are here.")
        head = "".join(f"<th>{line + 1}</th>" for line in found.lines)
        rows = "".join(
            f"<tr><th scope='row'>{e(name)}</th>{''.join(map(self._share, shares))}</tr>"
            for name, shares in zip(names, heat.above(found), strict=True)
        )
        table = (
            f"<table class='num'><thead><tr><th>{self.say('Proposición', 'Bid')}</th>{head}</tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )
        return (
            f"<h3>{self.say('Renglón por renglón', 'Line by line')}</h3>{heat.svg(found, names, title, card.line)}"
            f"<p class='cap'>{e(title)} {e(scale)}</p>"
            f"<details><summary>{self.say('En números', 'In numbers')}</summary>"
            f"<div class='wide' tabindex='0' role='region' aria-label='{e(title)}'>{table}</div></details>"
        )

    def _share(self, share: float | None) -> str:
        return f"<td>{'' if share is None else self._percent(share) if share else '—'}</td>"

    def _bidder(self, name: str) -> str:
        return name if self.lang == "es" else name.replace("Proponente", "Bidder")

    def _readings(self, texts: Sequence[Words]) -> str:
        """Those that fit first, the others folded."""
        more = self.say(f"Otras {len(texts) - FIRST}", f"{len(texts) - FIRST} others")
        folded = f"<details><summary>{more}</summary>{self._texts(texts[FIRST:])}</details>" if texts[FIRST:] else ""
        return self._texts(texts[:FIRST]) + folded

    def _group(self, group: dict[str, Any]) -> str:
        """The community that met here, without names."""
        k, n = self._number(group["k"]), self._number(group["n_tenders"])
        kinds = self._number(group.get("n_kinds") or 0)
        return self.say(
            f"Aquí coincidieron empresas de un grupo de {k} que concurre en {n} concursos. De tres clases de señal de "
            f"ese grupo (precios, reparto de lo ganado, documentos), {kinds} pasan de .95; una sola no basta.",
            f"Firms of a group of {k} that meets in {n} tenders met here. Of three kinds of signal of that group "
            f"(prices, how wins are shared, documents), {kinds} are above .95; one alone is not enough.",
        )

    def _texts(self, texts: Sequence[Words]) -> str:
        return f"<ul>{''.join(f'<li>{e(self._of(text))}</li>' for text in texts)}</ul>" if texts else "<p>—</p>"

    def _of(self, words: Words) -> str:
        return words.en if self.lang == "en" else words.es

    def _price(self, value: float) -> str:
        return formats.number(Decimal(str(value)), self.lang, decimals=2)

    def _number(self, value: float) -> str:
        return formats.number(Decimal(f"{value:.6g}") if isinstance(value, float) else value, self.lang)

    def _percent(self, part: float) -> str:
        return formats.percent(Decimal(str(round(part * 100, 1))), self.lang)


def _strip(card: Card, low: float, high: float, title: str) -> str:
    """Circles for bids, a dashed line for the estimate."""

    def at(price: float) -> float:
        return SIDE + (price - low) / (high - low) * (WIDE - 2 * SIDE) if high > low else WIDE / 2

    parts = [f'<line class="g" x1="0" y1="{HIGH / 2}" x2="{WIDE}" y2="{HIGH / 2}"/>']
    if card.estimate:
        x = at(card.estimate)
        parts.append(f'<line class="e" x1="{x:.1f}" y1="4" x2="{x:.1f}" y2="{HIGH - 4}"/>')
    n_at = Counter(f"{at(bid.price):.0f}" for bid in card.bids)
    parts += [f'<text class="v" x="{x}" y="14" text-anchor="middle">×{n}</text>' for x, n in n_at.items() if n > 1]
    parts += [
        f'<circle class="{"s" if n == 0 else "b"}" cx="{at(bid.price):.1f}" cy="{HIGH / 2}" r="7"/>'
        for n, bid in reversed(list(enumerate(card.bids)))
    ]
    return f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img"><title>{e(title)}</title>{"".join(parts)}</svg>'


def page(found: Sequence[Card], *, n_tenders: int, n_processes: int, lang: str = "es", is_synthetic: bool) -> str:
    """The page of the first cards, in their order. `n_tenders`: groups of bids that were compared; `n_processes`: of
    the store.
    """
    return Page(found, n_tenders, n_processes, lang, is_synthetic=is_synthetic).html()
