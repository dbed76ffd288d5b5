# SPDX-License-Identifier: Apache-2.0
"""Renders the gallery of components (`web/styleguide/`) with invented data, without a database: `python tools/gallery.py OUT [--lang en]`.

For whoever changes a component: look at every state of it at 1280, 360 and 320 px, light and dark (`tools/shot.py`).
"""

from __future__ import annotations

import argparse
import shutil
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
SATURDAY = 5
PAGES = ("home", "purchase", "desk", "search", "states", "form", "receipt", "sealed", "live")


def configure() -> None:
    """Django with the templates and nothing else."""
    import django
    from django.conf import settings

    if settings.configured:
        return
    settings.configure(
        INSTALLED_APPS=[],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [ROOT / "web" / "templates", ROOT / "web" / "styleguide"],
                "OPTIONS": {
                    "libraries": {
                        name: f"vitrina.portal.templatetags.{name}" for name in ("scripts", "vitrina", "vitrina_forms")
                    }
                },
            }
        ],
        LANGUAGE_CODE="es",
        LANGUAGES=[("es", "Español"), ("en", "English")],
        LOCALE_PATHS=[ROOT / "web" / "locale", ROOT / "vitrina" / "portal" / "locale"],
        USE_I18N=True,
        USE_TZ=True,
        STATIC_URL="static/",
        ROOT_URLCONF="gallery_urls",
        SECRET_KEY="gallery",
        LOG_DIR=ROOT / "build" / "no-log",  # nothing waits for a log that has not begun
        LOG_PER_DATABASE=False,
    )
    sys.modules["gallery_urls"] = type(sys)("gallery_urls")
    sys.modules["gallery_urls"].urlpatterns = []
    django.setup()


def at(day: int, month: int, hour: int = 11, minute: int = 0, second: int = 0, year: int = 2020) -> datetime:
    """An hour of Mexico City as aware UTC."""
    return datetime(year, month, day, hour, minute, second, tzinfo=ZoneInfo("America/Mexico_City")).astimezone(UTC)


def act(
    sentence: str, when: datetime, number: int | None, detail: str = "", state: str = "done", **more: Any
) -> dict[str, Any]:
    """One act as the components take it."""
    return {"sentence": sentence, "at": when, "number": number, "detail": detail, "state": state,
            "proof_url": f"#{number}" if number else "", **more}  # fmt: skip


def purchase() -> dict[str, Any]:
    """The purchase of every example, at the ruling."""
    from vitrina.kernel.money import Money

    names = ["Plan", "Investigación", "Convocatoria", "Aclaraciones", "Sobres", "Apertura", "Evaluación", "Fallo",
             "Contrato", "Entregas", "Pagos"]  # fmt: skip
    states = ["done"] * 8 + ["now"] + ["todo"] * 2
    acts = [
        act("El IMSS anunció la compra en su programa anual", at(30, 1), 118, "Previsto: 400,000 pruebas en el cuarto trimestre.",
            timed=False, article="Programa anual, partida 25401", documents=[{"label": "Renglón del programa", "url": "#d"}]),
        act("Se investigó el mercado en 5 fuentes", at(14, 8), 554, "El precio de referencia se conocerá en la apertura.",
            timed=False, article="Regl. arts. 28 y 29", certainty="M", documents=[{"label": "Fuentes", "url": "#d"}]),
        act("Se publicó la convocatoria", at(22, 9, 9), 702, "Hubo 21 días para preparar proposiciones; el mínimo es 15.",
            article="LAASSP 2000, art. 32", certainty="S", documents=[{"label": "Bases (PDF, 1.2 MB)", "url": "#d"}, {"label": "Qué cambió", "url": "#d"}]),
        act("Se respondieron las 38 preguntas de 6 empresas", at(2, 10, 10), 811, "Una respuesta cambió las bases: se aceptan cajas de 25 o de 50 pruebas.",
            article="LAASSP 2000, art. 33 Bis", certainty="S", documents=[{"label": "Preguntas y respuestas", "url": "#d"}, {"label": "Acta", "url": "#d"}]),
        act("Se abrieron los 3 sobres, en público", at(13, 10), 830, "Se leyeron en voz alta los precios de las tres empresas.",
            article="LAASSP 2000, art. 35", certainty="S", documents=[{"label": "Acta de apertura (PDF, 212 KB)", "url": "#d"}]),
        act("Dos proposiciones cumplen y una se desecha", at(20, 10, 18), 891, "Evaluaron dos personas. Ninguna tiene conflicto declarado.",
            documents=[{"label": "Cuadro comparativo", "url": "#d"}]),
        act("Se publicó el fallo: Reactivos del Valle Hondo", at(27, 10, 12), 955, "A los 14 días de la apertura; el máximo es 20.",
            article="LAASSP 2000, art. 37", certainty="S", documents=[{"label": "Fallo", "url": "#d"}]),
        act("Se prepara el contrato", at(28, 10, 9), 960, "La empresa entregó su garantía del 10\u00a0%.", state="now", article="LAASSP 2000, art. 46", certainty="S"),
        act("Debe firmarse el contrato", at(11, 11, 23, 59), None, "15 días naturales desde el fallo.", state="todo", article="LAASSP 2000, art. 46", certainty="S"),
        act("Debe llegar la primera entrega", at(18, 1, 12, year=2021), None, "103,000 pruebas. Si se atrasa, la pena es 1\u00a0% por día.", state="todo", timed=False),
    ]  # fmt: skip
    bids = [
        {"name": "Reactivos del Valle Hondo", "price": Money(5130), "sealed": Money(6140), "kind": "first"},
        {"name": "Biomédica Tres Lunas", "price": Money(5160), "sealed": Money(5890)},
        {"name": "Laboratorio Peñablanca", "price": Money(5720), "kind": "out", "word": "desechada"},
    ]
    return {
        "stages": [{"name": n, "state": s, "url": f"#{n}"} for n, s in zip(names, states, strict=True)],
        "acts": acts, "bids": bids, "reference": Money(6010), "amount": Money(2113560000),
        "columns": [{"label": "Empresa"}, {"label": "Por prueba", "num": True}, {"label": "Total (412,000)", "num": True}, {"label": "Resultado"}],
        "rows": [
            {"cells": [{"text": "Reactivos del Valle Hondo, S.A. de C.V.", "url": "#1"}, "$51.30", "$21,135,600.00", "Ganó"], "kind": "first"},
            {"cells": [{"text": "Biomédica Tres Lunas, S.A. de C.V.", "url": "#2"}, "$51.60", "$21,259,200.00", "Segundo lugar"]},
            {"cells": [{"text": "Laboratorio Peñablanca, S.A. de C.V.", "url": "#3", "sub": "No presentó el registro sanitario"}, "$57.20", "$23,566,400.00", "Desechada"], "kind": "out"},
        ],
    }  # fmt: skip


def desk() -> dict[str, Any]:
    """An inbox and a ruler of days (27 October to 18 November, one holiday)."""
    days, start = [], date(2020, 10, 27)
    for i in range(23):
        when = start + timedelta(days=i)
        holiday = "tercer lunes de noviembre" if when == date(2020, 11, 16) else ""
        days.append({"date": when, "counts": when.weekday() < SATURDAY and not holiday, "name": holiday})
    rows = [("Hoy, 18:00 h", False, "Firmar el acta de apertura", "Reactivos de hematología. Ya firmaron el OIC y el testigo social.", "Bases, numeral 5.1", "Revisar y firmar"),
            ("venció ayer", True, "Publicar la respuesta a una pregunta", "Preguntó una empresa el 26 de octubre.", "LAASSP 2000, art. 33 Bis", "Escribir respuesta"),
            ("mié 18 nov", False, "Firmar el contrato con Reactivos del Valle Hondo", "Reactivo para VIH 1 y 2, $21,135,600.00 sin IVA.", "15 días naturales desde el fallo. Certeza: fuente secundaria", "Preparar contrato"),
            ("", False, "Completar una investigación de mercado", "Guantes de nitrilo. Hay 1 fuente; se necesitan 2.", "Regl. arts. 28 y 29", "Agregar una fuente")]  # fmt: skip
    keys = ("due", "late", "title", "text", "rule", "action")
    return {"days": days, "tasks": [dict(zip(keys, row, strict=True), url="#t") for row in rows]}


def search() -> dict[str, Any]:
    """Results and facets."""
    from vitrina.kernel.money import Money

    def facet(name: str, label: str, *choices: tuple[str, int]) -> dict[str, Any]:
        return {
            "name": name,
            "label": label,
            "choices": [{"value": c, "label": c, "count": n, "checked": c == "Con contrato"} for c, n in choices],
        }

    return {
        "facets": [facet("etapa", "Etapa", ("Recibe proposiciones", 1), ("En evaluación", 5), ("Con contrato", 104), ("Cancelada", 0)),
                   facet("tipo", "Cómo se eligió", ("Licitación pública", 58), ("Invitación", 17), ("Adjudicación directa", 53))],
        "results": [
            {"title": "Reactivo para VIH 1 y 2", "label": "reactivo VIH", "url": "#1", "kind": "on", "state": "Contrato", "facts": ["IMSS, nivel central", "Licitación pública"], "amount": Money(2113560000),
             "text": "412,000 pruebas rápidas. Ganó Reactivos del Valle Hondo. Próximo: firma del contrato, 11 de noviembre.", "number": 8960208, "proof_url": "#p"},
            {"title": "Pruebas rápidas de VIH y sífilis, zona norte", "label": "Hospital General de Zona 3", "url": "#2", "kind": "on", "state": "Recibe proposiciones", "facts": ["ISSSTE Coahuila", "Licitación pública"], "amount_text": "monto al abrir",
             "text": "38,500 pruebas. Cierra en 6 días, martes 15 de diciembre a las 10:00 h (Monterrey).", "number": 8957731, "proof_url": "#p"},
            {"title": "Reactivos de serología: VIH, hepatitis B y C", "label": "LA-050GYR047-E118-2020", "mono": True, "url": "#3", "kind": "wait", "state": "Desierta", "facts": ["IMSS Sonora", "Licitación pública"], "amount_text": "sin monto",
             "text": "Nadie presentó proposición el 4 de marzo.", "number": 6871003, "proof_url": "#p"},
        ],
    }  # fmt: skip


def sealed() -> dict[str, Any]:
    """Openers in every state, a false key, what is done and what is missing."""
    openers = [
        {
            "name": "Teo Arriaga Pons",
            "role": "Testigo social",
            "is_in": True,
            "is_you": True,
            "kind": "on",
            "state": "Llave entregada, 10:52 h",
            "number": 8230425,
            "proof_url": "#p",
        },
        {
            "name": "Olga Ibarrondo Lazcano",
            "role": "Área contratante, IMSS",
            "kind": "late",
            "state": "Entregó una llave que no es la repartida",
        },
        {
            "name": "Ana Lucía Terrés Mora",
            "role": "Órgano interno de control",
            "kind": "wait",
            "state": "Aún no se conecta",
            "note": "Falta: esta llave o la de Olga Ibarrondo Lazcano.",
        },
        {
            "name": "Raúl Zebadúa",
            "role": "Órgano interno de control",
            "kind": "wait",
            "state": "Llave lista",
            "fingerprint": "7c41 e09a 55d2",
        },
    ]
    false = {
        "title": "Olga Ibarrondo Lazcano entregó una llave que no es la repartida",
        "envelope": "7c41 e09a 55d2 (Biomédica Tres Lunas)",
        "expected": "4a" * 32,
        "found": "b7" * 32,
        "number": 8230426,
        "proof_url": "#p",
    }
    checks = [
        {"text": "Los 4 sobres están completos", "state": "done"},
        {"text": "Dos llaves de tres", "state": "open", "note": "1 presente"},
        {"text": "La llave de una persona no coincide", "state": "bad"},
    ]
    return {"openers": openers, "false_shares": [false], "checks": checks}  # fmt: skip


def forms() -> dict[str, Any]:
    """A form with every kind of field, a formset, errors."""
    from django import forms as f

    class Bid(f.Form):
        groups = [("Precio", "Sin IVA, en pesos mexicanos.", ["price", "date"])]
        title = f.CharField(
            label="Nombre de la compra", help_text="Como la llamaría la gente que la necesita.", max_length=80
        )
        price = f.DecimalField(
            label="Precio por prueba",
            help_text="Con dos decimales.",
            widget=f.TextInput(attrs={"inputmode": "decimal"}),
            max_value=66,
        )
        date = f.DateField(label="Entrega", required=False, widget=f.DateInput(attrs={"type": "date"}))
        kind = f.ChoiceField(
            label="Tipo de contratación",
            choices=[("a", "Licitación pública"), ("b", "Invitación a cuando menos tres personas")],
            widget=f.RadioSelect,
        )
        why = f.CharField(label="Justificación", required=False, widget=f.Textarea)
        unit = f.ChoiceField(label="Unidad", choices=[("p", "Prueba"), ("c", "Caja")])
        document = f.FileField(label="Bases firmadas", help_text="PDF de 20 MB o menos.", required=False)
        declare = f.BooleanField(
            label="Declaro que preparé este precio sin ponerme de acuerdo con otra empresa.",
            help_text="Bases, anexo 7. Es una declaración con efectos legales.",
        )

    class Lot(f.Form):
        description = f.CharField(label="Descripción")
        quantity = f.DecimalField(label="Cantidad", widget=f.TextInput(attrs={"inputmode": "decimal"}))
        unit = f.CharField(label="Unidad")

    lots = f.formset_factory(Lot, extra=1)
    data = {"title": "Reactivo", "price": "614.00", "kind": "a", "unit": "p", "lots-TOTAL_FORMS": "2", "lots-INITIAL_FORMS": "0",
            "lots-0-description": "Prueba rápida", "lots-0-quantity": "412000", "lots-0-unit": "Prueba", "lots-1-description": "Lanceta", "lots-1-quantity": "mil"}  # fmt: skip
    return {"empty_form": Bid(prefix="x"), "form": Bid(data), "formsets": [{"formset": lots(data, prefix="lots"), "title": "Partidas", "row": "Partida", "add_label": "Agregar una partida", "hint": "Cada partida se adjudica por separado."}]}  # fmt: skip


def main() -> None:
    """Writes one HTML file per page and copies the static files beside them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--lang", default="es")
    parser.add_argument(
        "--fonts", type=Path, help="folder with the two faces, when they are not under web/static/vendor"
    )
    options = parser.parse_args()
    configure()
    from django.template.loader import render_to_string
    from django.test import RequestFactory
    from django.utils import translation

    options.out.mkdir(parents=True, exist_ok=True)
    shutil.copytree(ROOT / "web" / "static", options.out / "static", dirs_exist_ok=True)
    if options.fonts:
        shutil.copytree(options.fonts, options.out / "static" / "vendor" / "fonts", dirs_exist_ok=True)
    links = [("search", "search.html", "Buscar"), ("buyers", "#b", "Compradores"), ("acts", "home.html", "Actos"),
             ("data", "#d", "Datos"), ("desk", "desk.html", "Mi espacio")]  # fmt: skip
    now = at(28, 10, 10, 40)
    context = {
        "purchase": purchase(), "desk": desk(), "search": search(), "sealed": sealed(), **forms(), "nav_links": links, "ledger_size": 8412933, "now": now,
        "soon": now + timedelta(hours=3, minutes=20), "demo": {"clock": now, "advance_url": "#advance"},
        "today": [{**a, "who": "IMSS, nivel central", "url": "#a", "amount_text": "" if i else "se conocerá al abrir", "amount": context_amount(i)} for i, a in enumerate(purchase()["acts"][:5])],
    }  # fmt: skip
    with translation.override(options.lang):
        for page in PAGES:
            request = RequestFactory().get(f"/{page}")
            text = render_to_string(f"{page}.html", {**context, "LANGUAGE_CODE": options.lang}, request=request)
            (options.out / f"{page}.html").write_text(text)
    print(f"{len(PAGES)} pages in {options.out}")


def context_amount(i: int) -> Any:
    """An amount for every act but the first."""
    from vitrina.kernel.money import Money

    return Money(4_890_614_400 // (i * 7 + 1)) if i else None


if __name__ == "__main__":
    main()
