# SPDX-License-Identifier: Apache-2.0
"""The facts of a buyer as one HTML file: its own styles, its own pictures, no script, nothing fetched.

The answer comes first, as a sentence. What could not be computed is said as plainly as what was found.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from html import escape as e
from pathlib import Path

from vitrina.insight.flags.bases import told
from vitrina.insight.flags.declare import Flag, Group
from vitrina.insight.flags.outcome import Outcome
from vitrina.insight.flags.registry import flags
from vitrina.insight.text import Text
from vitrina.kernel import formats
from vitrina.kernel.money import Money

from .drawings import Bar, bars, months
from .facts import Example, Facts, Share, Sign

STYLE = Path(__file__).with_name("report.css")
METHODS = {
    "open": Text("licitación pública", "open tender"),
    "selective": Text("invitación a tres o más", "invitation of three or more"),
    "limited": Text("adjudicación limitada", "limited award"),
    "direct": Text("adjudicación directa", "direct award"),
    "unknown": Text("procedimiento que no se dice", "procedure not told"),
}
UNITS = {
    Group.OCID: Text("compras", "purchases"),
    Group.ITEM: Text("renglones", "lines"),
    Group.BUYER_SUPPLIER: Text("proveedores", "suppliers"),
    Group.TENDERER: Text(
        "de sus proveedores, por lo que hicieron con este comprador o con otro",
        "of its suppliers, for what they did with this buyer or with another",
    ),
}
LONG = 60  # months that a picture can show
GAP = 3  # months without an award from which the data may not cover them
MOST_UNTOLD, LITTLE_UNTOLD = 0.5, 0.05  # shares of the money whose procedure is not told
ROUGH = 1_000  # values from here on are told whole
WHOLE = Text("el comprador", "the buyer")


class Page:
    """Writes the page in one language."""

    def __init__(self, facts: Facts, lang: str, made: date) -> None:
        self.facts, self.lang, self.made = facts, lang, made

    def say(self, es: str, en: str) -> str:
        """One of two texts."""
        return en if self.lang == "en" else es

    def money(self, centavos: int) -> str:
        """The exact amount."""
        return formats.money(Money(centavos, self.facts.currency), self.lang)

    def about(self, centavos: int) -> str:
        """The amount as prose has it."""
        return formats.about_money(Money(centavos, self.facts.currency), self.lang)

    def percent(self, part: float) -> str:
        """A share as a percentage."""
        return formats.percent(Decimal(str(round(part * 100, 4))), self.lang)

    def html(self) -> str:
        """The whole file."""
        f = self.facts
        parts = (self._methods, self._months, self._suppliers, self._signs, self._blind, self._how)
        sections = "".join(part() for part in parts)
        synthetic = self.say("Datos sintéticos: nada de esto ocurrió.", "Synthetic data: none of this happened.")
        banner = f'<p class="banner">{synthetic}</p>' if f.is_synthetic else ""
        return (
            f'<!doctype html><html lang="{"en" if self.lang == "en" else "es-MX"}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{e(f.buyer)}</title><style>{STYLE.read_text(encoding='utf-8')}</style></head><body><main>"
            f'{banner}<p class="over">{e(f.buyer)}</p><h1>{self._headline()}</h1><p class="lead">{self._lead()}</p>'
            f"{sections}</main></body></html>\n"
        )

    def _headline(self) -> str:
        f = self.facts
        if not f.n_awards:
            return self.say(
                "No hay adjudicaciones con monto de este comprador.", "No award of this buyer has a value."
            )
        if f.direct_share is None:
            return self.say(f"Adjudicó {self.about(f.centavos)}.", f"It awarded {self.about(f.centavos)}.")
        if f.untold_share > MOST_UNTOLD:
            untold = self.percent(f.untold_share)
            return self.say(
                f"Adjudicó {self.about(f.centavos)}; de {untold} no se dice cómo.",
                f"It awarded {self.about(f.centavos)}; of {untold} nobody tells how.",
            )
        part = self.percent(f.direct_share)
        return self.say(
            f"Adjudicó {self.about(f.centavos)}; {part} sin concurso.",
            f"It awarded {self.about(f.centavos)}; {part} of it without competition.",
        )

    def _lead(self) -> str:
        f = self.facts
        n, purchases = formats.number(f.n_awards, self.lang), formats.number(f.n_processes, self.lang)
        sellers = formats.number(f.n_suppliers, self.lang)
        first, last = (self._day(text) for text in (f.first, f.last))
        said = self.say(
            f"Son {n} adjudicaciones en {purchases} compras, a {sellers} proveedores, del {first} al {last}: "
            f"{self.money(f.centavos)} en total.",
            f"These are {n} awards in {purchases} purchases, to {sellers} suppliers, from {first} to {last}: "
            f"{self.money(f.centavos)} in all.",
        )
        if f.direct_share is not None and f.untold_share > LITTLE_UNTOLD:
            told, part = self.percent(1 - f.untold_share), self.percent(f.direct_share)
            said += self.say(
                f" Se dice el procedimiento de {told} del dinero; de esa parte, {part} se adjudicó sin concurso.",
                f" The procedure is told of {told} of the money; {part} of that was awarded without competition.",
            )
        if f.rank:
            place, of = f.rank
            said += self.say(
                f" Por esa parte ocupa el lugar {place} de {of} compradores con veinte adjudicaciones o más.",
                f" By that share it stands {place} of {of} buyers with twenty awards or more.",
            )
        if f.n_other_currency:
            said += self.say(
                f" Otras {f.n_other_currency} son en otra moneda y no se suman aquí.",
                f" {f.n_other_currency} more are in another currency and are not added here.",
            )
        return said

    def _day(self, text: str) -> str:
        return formats.day(date.fromisoformat(text), self.lang) if text else "—"

    def _methods(self) -> str:
        rows = [
            Bar(
                METHODS.get(m.key, Text(m.key, m.key)).say(self.lang).capitalize(),
                m.centavos,
                f"{self.percent(m.centavos / self.facts.centavos)} · {formats.number(m.n, self.lang)}",
                m.key in ("direct", "limited"),
            )
            for m in sorted(self.facts.methods, key=lambda m: -m.centavos)
            if self.facts.centavos
        ]
        title = self.say("Cómo compró", "How it bought")
        note = self.say("Parte del dinero y número de adjudicaciones.", "Share of the money and number of awards.")
        return self._section(title, note, bars(rows, title), self._table(self.facts.methods, by_method=True))

    def _months(self) -> str:
        rows = [Bar(f"{m.key[4:]}/{m.key[:4]}", m.centavos, self.money(m.centavos)) for m in self.facts.months]
        is_long = len(rows) > LONG
        if is_long:
            years = sorted({m.key[:4] for m in self.facts.months})
            sums = {y: sum(m.centavos for m in self.facts.months if m.key.startswith(y)) for y in years}
            rows = [Bar(y, sums[y], self.money(sums[y])) for y in years]
        title = self.say("Cuándo", "When")
        note = (
            self.say("Dinero adjudicado cada año.", "Money awarded each year.")
            if is_long
            else self.say("Dinero adjudicado cada mes.", "Money awarded each month.")
        )
        none = sum(m.n == 0 for m in self.facts.months)
        if none >= GAP:
            note += self.say(
                f" En {none} de {len(self.facts.months)} meses no hay ninguna adjudicación: quizá los datos no los "
                "cubren.",
                f" In {none} of {len(self.facts.months)} months there is no award: the data may not cover them.",
            )
        named = tuple(Share(f"{m.key[4:]}/{m.key[:4]}", m.centavos, m.n) for m in self.facts.months)
        return self._section(title, note, months(rows, title), self._table(named)) if rows else ""

    def _suppliers(self) -> str:
        f = self.facts
        rows = [
            Bar(s.key, s.centavos, f"{self.percent(s.centavos / f.centavos)} · {formats.number(s.n, self.lang)}")
            for s in f.suppliers
            if f.centavos
        ]
        if not rows:
            return ""
        part = sum(s.centavos for s in f.suppliers) / f.centavos
        title = self.say("A quién", "From whom")
        note = self.say(
            f"Los {len(rows)} que más recibieron suman {self.percent(part)} del dinero.",
            f"The {len(rows)} that got most have {self.percent(part)} of the money.",
        )
        return self._section(title, note, bars(rows, title), self._table(f.suppliers))

    def _signs(self) -> str:
        f = self.facts
        title = self.say("Lo que vale la pena mirar", "What is worth a look")
        note = self.say(
            "Son indicios, no pruebas: cada uno tiene lecturas inocentes, que se dicen a su lado.",
            "They are reasons to look, not proof: each has innocent readings, told beside it.",
        )
        if not f.signs:
            none = self.say("Ninguna señal se encendió.", "No flag was raised.")
            return self._section(title, none, "", "")
        return self._section(title, note, "".join(self._sign(sign) for sign in f.signs), "")

    def _sign(self, sign: Sign) -> str:
        flag = flags()[sign.outcome.code]
        unit = UNITS.get(flag.group, WHOLE).say(self.lang)
        where = unit if flag.group not in UNITS else f"{formats.number(sign.n, self.lang)} {unit}"
        more = self.say("Ejemplos y lecturas inocentes", "Examples and innocent readings")
        shown = "".join(self._example(flag, one) for one in sign.examples)
        if sign.n_by_name:
            n = formats.number(sign.n_by_name, self.lang)
            shown += (
                "<li>"
                + self.say(
                    f"Coinciden solo por nombre, y pueden ser otros: {n}. No se muestran; se comprueban con "
                    f"<code>vitrina insight explain {flag.code}</code>.",
                    f"By name alone, and they may be others: {n}. They are not shown; check them with "
                    f"<code>vitrina insight explain {flag.code}</code>.",
                )
                + "</li>"
            )
        innocent = "".join(f"<li>{e(text.say(self.lang))}</li>" for text in flag.innocent)
        return (
            f"<article><h3>{e(flag.title.say(self.lang))} <span>{flag.code}</span></h3>"
            f"<p>{e(flag.explanation.say(self.lang))}</p><p class='n'>{e(where)}</p>"
            f"<p class='cap'>{e(self._base_rate(sign.outcome))}</p>"
            f"<details><summary>{more}</summary>"
            f"<ul>{shown}</ul><ul>{innocent}</ul><p class='cap'>{e(flag.source.say(self.lang))}, "
            f"v{flag.version}</p></details></article>"
        )

    def _example(self, flag: Flag, one: Example) -> str:
        """A unit with its name, what was measured, against which limit, and what the basis says."""
        bare = one.id.split(" | ")[-1] if flag.group == Group.BUYER_SUPPLIER else one.id
        said = []
        if one.value is not None:
            limit = "" if one.threshold is None else self.say("; límite ", "; limit ") + self._value(one.threshold)
            said.append(self.say("valor ", "value ") + self._value(one.value) + limit)
        said += [text.say(self.lang) for text in told(flag, one.basis, flagged=True)]
        name = f"{e(one.name)} " if one.name else ""
        return f"<li>{name}<code>{e(bare)}</code>: {e('; '.join(said))}.</li>"

    def _base_rate(self, outcome: Outcome) -> str:
        """How rare the flag is in the whole store."""
        judged = outcome.flagged + outcome.clear
        if not outcome.clear and judged > 1:
            return self.say(
                "Con estos datos solo se pudo juzgar a quienes se marcan.",
                "With these data only those that are flagged could be judged.",
            )
        if judged == 1:
            return self.say("Es el único caso que se pudo juzgar.", "It is the only case that could be judged.")
        part, n = self.percent(outcome.flagged / judged), formats.number(judged, self.lang)
        return self.say(
            f"En todos los datos se marca {part} de los {n} casos que se pudieron juzgar.",
            f"In all the data {part} of the {n} cases that could be judged are flagged.",
        )

    def _value(self, value: float) -> str:
        return formats.number(Decimal(f"{value:.4g}") if abs(value) < ROUGH else round(value), self.lang)

    def _blind(self) -> str:
        f = self.facts
        title = self.say("Lo que no se puede saber", "What cannot be known")
        note = self.say(
            f"De {len(f.signs) + len(f.silent) + len(f.blind)} señales, {len(f.silent)} se calcularon y no apuntan a "
            f"este comprador; {len(f.blind)} no se pueden calcular porque los datos publicados no traen lo necesario.",
            f"Of {len(f.signs) + len(f.silent) + len(f.blind)} flags, {len(f.silent)} were computed and do not point "
            f"at this buyer; {len(f.blind)} cannot be computed because the published data lack what they need.",
        )
        rows = "".join(
            f"<tr><th scope='row'>{o.code} {e(flags()[o.code].title.say(self.lang))}</th>"
            f"<td><code>{e(_most(o).replace('|', ' · '))}</code></td></tr>"
            for o in f.blind
        )
        head = self.say("Señal", "Flag"), self.say("Falta", "Missing")
        table = f"<table><thead><tr><th>{head[0]}</th><th>{head[1]}</th></tr></thead><tbody>{rows}</tbody></table>"
        summary = self.say("Cuáles, y qué falta", "Which, and what is missing")
        return self._section(
            title, note, f"<details><summary>{summary}</summary>{table}</details>" if rows else "", ""
        )

    def _how(self) -> str:
        made = formats.day(self.made, self.lang)
        title = self.say("Cómo se hizo", "How this was made")
        note = self.say(
            f"Con Vitrina, el {made}, solo de los datos publicados. Los montos son los de las adjudicaciones "
            "vigentes; si llevan IVA, los datos no lo dicen. Se repite con:",
            f"With Vitrina, on {made}, from the published data alone. Amounts are those of active awards; the data "
            "do not say whether they have VAT. To repeat it:",
        )
        commands = f"vitrina insight report --store STORE --buyer {e(self.facts.buyer_id)} --out report.html"
        return self._section(title, note, f"<pre>{commands}</pre>", "")

    def _table(self, rows: tuple[Share, ...], *, by_method: bool = False) -> str:
        name = self.say("Detalle", "Detail")
        cells = "".join(
            f"<tr><th scope='row'>{e(METHODS[r.key].say(self.lang) if by_method and r.key in METHODS else r.key)}</th>"
            f"<td>{self.money(r.centavos)}</td><td>{formats.number(r.n, self.lang)}</td></tr>"
            for r in rows
        )
        heads = ("", self.say("Monto", "Amount"), self.say("Adjudicaciones", "Awards"))
        head = "".join(f"<th>{h}</th>" for h in heads)
        return (
            f"<details><summary>{name}</summary><table class='num'><thead><tr>{head}</tr></thead>"
            f"<tbody>{cells}</tbody></table></details>"
        )

    def _section(self, title: str, note: str, body: str, more: str) -> str:
        return f"<section><h2>{title}</h2><div><p>{note}</p>{body}{more}</div></section>"


def _most(outcome: Outcome) -> str:
    """What is missing in most of the units."""
    return max(sorted(outcome.missing), key=lambda path: outcome.missing[path], default="—")


def page(facts: Facts, lang: str, made: date) -> str:
    """The report as HTML; `made`: the day that it bears."""
    return Page(facts, lang, made).html()
