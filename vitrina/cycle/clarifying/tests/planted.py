# SPDX-License-Identifier: Apache-2.0
"""Questions with planted duplicates of several kinds, among distinct ones that differ by one number, code or word.

Everything comes from a seed: the same questions each time.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from vitrina.cycle.clarifying.grouping import Asked
from vitrina.kernel.text import fold

TEMPLATES = (
    "En el numeral {code} de la convocatoria se piden {n} elementos por turno. ¿Se aceptan turnos de {h} horas?",
    "¿El uniforme de la partida {p} debe llevar {thing} bordado en el pecho o basta con una etiqueta cosida?",
    "Para la partida {p}, ¿la entrega de {thing} se hace dentro de los {n} días naturales siguientes a la firma del contrato?",
    "Respecto del anexo {code}, ¿se puede presentar copia simple de {doc}? El original quedaría en poder del licitante.",
    "¿La garantía de cumplimiento será de {n} % del monto máximo del contrato o del monto mínimo de la partida {p}?",
    "¿Cuántas {thing} requiere la unidad {place} y en qué horario se reciben?",
    "El numeral {code} exige {doc} con vigencia de {n} meses. ¿Se acepta la constancia que entrega la autoridad?",
    "En caso de que {doc} esté en trámite, ¿será motivo para desechar la proposición de la partida {p}?",
    "¿Es posible ofertar {thing} de {n} {unit} en lugar de lo que indica la clave {code}?",
    "Favor de precisar si el personal asignado a {place} debe contar con {doc} desde el inicio del servicio.",
    "La clave {code} pide {thing} con capacidad de {n} {unit}. ¿Puede entregarse una presentación mayor al mismo precio?",
    "¿Quién paga el flete de {thing} hasta {place}, el proveedor o la convocante?",
    "¿El plazo para corregir una factura es de {n} días hábiles y se cuenta desde que la recibe {place}?",
    "¿La visita a las instalaciones de {place} es obligatoria? El numeral {code} dice que es opcional.",
    "En la partida {p}, ¿el precio de {thing} incluye la instalación y la capacitación del personal de {place}?",
    "¿Se permite la subcontratación de hasta {n} % del servicio en {place} conforme al numeral {code}?",
    "Solicitamos reducir de {n} a {h} los años de experiencia que pide el numeral {code} para la partida {p}.",
    "¿El representante que firma {doc} puede ser distinto del que firma el contrato?",
    "¿Se acepta que {thing} provengan de distintos fabricantes siempre que cumplan la norma {code}?",
    "¿El pago se hace {when} y contra la presentación de {doc}?",
)  # fmt: skip
THINGS = ("radios portátiles", "cámaras fijas", "chalecos antibalas", "lámparas de mano", "vehículos patrulla", "detectores de metal",
          "impermeables", "botas tácticas", "bitácoras foliadas", "bastones retráctiles", "gafetes", "torniquetes")  # fmt: skip
DOCS = ("la opinión de cumplimiento fiscal", "el acta constitutiva", "la licencia colectiva de portación", "el permiso estatal",
        "la póliza de responsabilidad civil", "el currículo de la empresa", "la carta de apoyo del fabricante", "el registro patronal")  # fmt: skip
PLACES = ("Hospital General de Saltillo", "la clínica de Torreón", "el almacén central", "la delegación Hermosillo", "el centro médico La Raza",
          "la guardería ordinaria", "el velatorio de Monclova", "la subdelegación Norte")  # fmt: skip
UNITS = ("kg", "litros", "piezas", "metros", "ml", "horas")
WHEN = ("mensualmente", "quincenalmente", "por evento", "a los veinte días", "en una sola exhibición")
GREETINGS = ("Buenos días. ", "Estimada convocante: ", "Buenas tardes, por este medio solicitamos a la convocante: ", "A quien corresponda: ",
             "Reciban un cordial saludo. ", "Se solicita atentamente a la convocante: ")  # fmt: skip
FAREWELLS = ("", " Gracias.", " De antemano, gracias.", " Saludos cordiales.", " Quedamos atentos.")
NEAR = {
    "a": "sqz",
    "e": "wrd",
    "i": "uok",
    "o": "ipl",
    "u": "yij",
    "n": "bmh",
    "r": "etf",
    "s": "adx",
    "t": "ryg",
    "l": "kop",
    "c": "xvd",
    "d": "sfe",
}


class Planted(NamedTuple):
    """Questions in the order asked; `truth`: id -> which question it is; `kinds`: id -> how a duplicate was made."""

    asked: list[Asked]
    truth: dict[str, int]
    kinds: dict[str, str]


def _filled(rng: random.Random) -> tuple[str, dict[str, str]]:
    template = rng.choice(TEMPLATES)
    code = rng.choice([f"{rng.randint(1, 9)}.{rng.randint(1, 30)}", f"NOM-{rng.randint(1, 250):03d}-SSA1-{rng.randint(1994, 2019)}",
                       f"{rng.randint(10, 99)}.{rng.randint(1, 9)}.{rng.randint(1, 20)}", f"T-{rng.randint(1, 40)}"])  # fmt: skip
    return template, {
        "code": code, "n": str(rng.randint(2, 90)), "h": str(rng.choice([6, 8, 12, 24])), "p": str(rng.randint(1, 60)), "when": rng.choice(WHEN),
        "thing": rng.choice(THINGS), "doc": rng.choice(DOCS), "place": rng.choice(PLACES), "unit": rng.choice(UNITS),
    }  # fmt: skip


def _sibling(rng: random.Random, template: str, slots: dict[str, str]) -> str:
    """The same question but for one thing: a number, a code, a unit, a place, a negation."""
    used = [name for name in slots if f"{{{name}}}" in template]
    name = rng.choice([*used, "no"])
    text = template.format(**slots)
    if name == "no":
        return text.replace("¿", "¿No ", 1) if "¿" in text else f"No {text}"
    other = {"thing": THINGS, "doc": DOCS, "place": PLACES, "unit": UNITS, "when": WHEN}.get(name)
    if other:
        value = rng.choice([o for o in other if o != slots[name]])
    elif name == "code":
        digits = [n for n, c in enumerate(slots[name]) if c.isdigit()]
        at = rng.choice(digits)
        value = slots[name][:at] + str((int(slots[name][at]) + rng.randint(1, 9)) % 10) + slots[name][at + 1 :]
    else:
        value = str(int(slots[name]) + rng.randint(1, 9))
    return template.format(**slots | {name: value})


def distinct(rng: random.Random, n: int) -> list[str]:
    """`n` different questions, about half of them siblings of another."""
    found: dict[str, str] = {}
    while len(found) < n:
        template, slots = _filled(rng)
        texts = [template.format(**slots), *(_sibling(rng, template, slots) for _ in range(rng.choice([0, 0, 1, 2])))]
        for text in texts:
            found.setdefault(fold(text), text)
    return list(found.values())[:n]


def _mistyped(rng: random.Random, text: str) -> str:
    """One or two words with a typing error each: a letter missing, doubled, swapped or a neighbour's."""
    words = text.split(" ")
    open_to = [n for n, w in enumerate(words) if len(w) >= 4 and w.strip("¿?.,:").isalpha()]
    for at in rng.sample(open_to, min(len(open_to), rng.choice([1, 1, 1, 2]))):
        core = words[at].strip("¿?.,:")
        k = rng.randint(1, len(core) - 2)
        way = rng.choice(["missing", "doubled", "swapped", "near"])
        near = NEAR.get(core[k].lower())
        wrong = {
            "missing": core[:k] + core[k + 1 :],
            "doubled": core[:k] + core[k] + core[k:],
            "swapped": core[:k] + core[k + 1] + core[k] + core[k + 2 :],
            "near": core[:k] + (rng.choice(near) if near else core[k] * 2) + core[k + 1 :],
        }[way]
        words[at] = words[at].replace(core, wrong)
    return " ".join(words)


def _reordered(rng: random.Random, text: str) -> str:
    """Sentences in another order; of a single one, the part before its first comma goes to the end."""
    parts = [p.strip() for p in text.replace("?", "?|").replace(". ", ".|").split("|") if p.strip()]
    if len(parts) > 1:
        return " ".join(parts[1:] + parts[:1])
    head, comma, tail = text.partition(", ")
    return f"{tail.rstrip('.?')} {head[:1].lower() + head[1:]}?" if comma else text.upper()


def _plain(rng: random.Random, text: str) -> str:
    return rng.choice(
        [
            text.upper(),
            text.lower(),
            text.replace("¿", "").replace("á", "a").replace("é", "e").replace("ó", "o").replace("í", "i"),
        ]
    )


def _split(rng: random.Random, text: str) -> str:
    words = text.split(" ")
    at = rng.randint(2, len(words) - 2)
    return " ".join(words[:at]) + "\n\n" + " ".join(words[at:])


KINDS: dict[str, Callable[[random.Random, str], str]] = {
    "copied": lambda rng, text: text,
    "recased": _plain,
    "reordered": _reordered,
    "greeting": lambda rng, text: rng.choice(GREETINGS) + text + rng.choice(FAREWELLS),
    "mistyped": _mistyped,
    "numbered": lambda rng, text: (
        rng.choice(["Pregunta {}: ", "P-{}. ", "Pregunta No. {}.- ", "Consulta {}) "]).format(rng.randint(1, 400))
        + text
    ),
    "split": _split,
}


def plant(seed: int, *, questions: int, copies: int, companies: int = 22, copier: str = "Cardenal") -> Planted:
    """`questions` different ones of `companies`, then `copies` of them, most by one company, each made in some way."""
    rng = random.Random(seed)
    texts = distinct(rng, questions)
    made: list[tuple[str, str, int, str]] = [
        (f"empresa {rng.randint(1, companies)}", text, n, "") for n, text in enumerate(texts)
    ]
    for kind in _kinds(rng, copies):
        n = rng.randrange(questions)
        who = copier if rng.random() < 0.97 else f"empresa {rng.randint(1, companies)}"
        made.append((who, KINDS[kind](rng, texts[n]), n, kind))
    asked = [Asked(f"{place:06d}", who, text) for place, (who, text, _n, _kind) in enumerate(made)]
    return Planted(
        asked,
        {a.id: n for a, (_w, _t, n, _k) in zip(asked, made, strict=True)},
        {a.id: kind for a, (_w, _t, _n, kind) in zip(asked, made, strict=True) if kind},
    )


def _kinds(rng: random.Random, n: int) -> Iterator[str]:
    names = list(KINDS)
    for place in range(n):
        yield names[place % len(names)] if place % 3 else rng.choice(names)


class Measured(NamedTuple):
    """Of the planted duplicates, how many stand with their original, by kind; and questions put with another."""

    grouped: Counter[str]
    planted: Counter[str]
    astray: list[str]

    @property
    def share(self) -> float:
        return self.grouped.total() / self.planted.total()


def measure(planted: Planted, groups: list[list[str]]) -> Measured:
    """Both figures of a grouping."""
    group_of = {i: n for n, ids in enumerate(groups) for i in ids}
    original = {n: i for i, n in planted.truth.items() if i not in planted.kinds}
    grouped = Counter(kind for i, kind in planted.kinds.items() if group_of[i] == group_of[original[planted.truth[i]]])
    astray = [i for ids in groups if len({planted.truth[i] for i in ids}) > 1 for i in ids]
    return Measured(grouped, Counter(planted.kinds.values()), astray)
