# SPDX-License-Identifier: Apache-2.0
"""A thin reader of CFDI 4.0, the Mexican electronic invoice, that trusts nothing in the file.

Source: Anexo 20 of the Resolución Miscelánea Fiscal, version 4.0 (namespaces `cfd/4` and `TimbreFiscalDigital`).
The file may hold no document type, so no entity, no external reference; its size, depth and number of elements are
limited before and while it is read. The seal and the state at the SAT are not verified here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from lxml import etree

from vitrina.cycle.core.refusal import Refused, refuse
from vitrina.kernel.ids import is_rfc
from vitrina.kernel.text import has_unsafe_characters

from .document import Cfdi, Line, Tax

MAX_BYTES = 2 * 1024 * 1024  # a CFDI of 2,000 lines is about 1 MB
MAX_DEPTH = 16  # the standard's own depth is 8 with complements
MAX_ELEMENTS = 60_000
CHUNK = 512  # bytes read between two looks at the depth: fewer levels than the parser itself bears
MAX_TEXT = 1_000  # Descripcion is the longest attribute of the standard
CFDI = "{http://www.sat.gob.mx/cfd/4}"
STAMP = "{http://www.sat.gob.mx/TimbreFiscalDigital}TimbreFiscalDigital"
_OLD = re.compile(r"\{http://www\.sat\.gob\.mx/cfd/([0-9]+)\}Comprobante")
_AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,6})?", re.ASCII)
_INSTANT = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}", re.ASCII)
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)
_ENCODING = re.compile(r"""^<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def read(data: bytes) -> Cfdi:
    """The invoice that the bytes hold. Errors: `Refused` with what is wrong, where, and how to mend it."""
    root = _parse(_text(data))
    _check_version(root)
    stamp = root.find(f"{CFDI}Complemento/{STAMP}")
    if stamp is None:
        raise _wrong("cfdi-stamp", _("The invoice has no stamp (TimbreFiscalDigital). Send the stamped XML."))
    issuer, receiver = _one(root, "Emisor"), _one(root, "Receptor")
    totals = root.find(f"{CFDI}Impuestos")
    return Cfdi(
        uuid=_uuid(stamp),
        series=_get(root, "Serie", required=False),
        folio=_get(root, "Folio", required=False),
        issued_at=_instant(root, "Fecha"),
        stamped_at=_instant(stamp, "FechaTimbrado"),
        kind=_get(root, "TipoDeComprobante"),
        issuer_rfc=_rfc(issuer),
        issuer_name=_get(issuer, "Nombre"),
        receiver_rfc=_rfc(receiver),
        receiver_name=_get(receiver, "Nombre"),
        use=_get(receiver, "UsoCFDI"),
        currency=_get(root, "Moneda"),
        payment_method=_get(root, "MetodoPago", required=False),
        payment_form=_get(root, "FormaPago", required=False),
        subtotal=_amount(root, "SubTotal"),
        discount=_amount(root, "Descuento", required=False),
        transferred=_amount(totals, "TotalImpuestosTrasladados", required=False),
        withheld=_amount(totals, "TotalImpuestosRetenidos", required=False),
        total=_amount(root, "Total"),
        lines=tuple(_lines(root)),
    )


def _wrong(code: str, message: str) -> Refused:
    return refuse(code, message, field="cfdi")


def _text(data: bytes) -> bytes:
    """The bytes, once they are known to be UTF-8 text of a fair size without a document type."""
    if not data or len(data) > MAX_BYTES:
        raise _wrong("cfdi-size", _("The invoice is empty or larger than 2 MB. Send the XML of one CFDI."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _wrong("cfdi-encoding", _("The invoice is not UTF-8 text. Send the XML as your PAC gave it.")) from None
    declared = _ENCODING.match(text.lstrip()[:200])
    if declared and declared[1].lower() not in {"utf-8", "utf8"}:
        raise _wrong("cfdi-encoding", _("The invoice is not UTF-8 text. Send the XML as your PAC gave it."))
    upper = text.upper()
    if "<!DOCTYPE" in upper or "<!ENTITY" in upper:
        raise _wrong("cfdi-dtd", _("The file holds a document type (DOCTYPE), which no CFDI has. It was not read."))
    return text.strip().encode()


def _parse(data: bytes) -> etree._Element:
    """The root element, read piece by piece so that depth and size are refused before they cost memory."""
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    depth = elements = 0
    try:
        for start in range(0, len(data), CHUNK):
            parser.feed(data[start : start + CHUNK])
            for event, _element in parser.read_events():
                depth += 1 if event == "start" else -1
                elements += event == "start"
                if depth > MAX_DEPTH or elements > MAX_ELEMENTS:
                    message = _("The file is nested deeper or is longer than any CFDI. It was not read.")
                    raise _wrong("cfdi-shape", message)
        return parser.close()
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        message = _("The file is not well-formed XML (line %(line)d). Download it again from your PAC.")
        raise _wrong("cfdi-xml", message % {"line": line}) from None


def _check_version(root: etree._Element) -> None:
    old = _OLD.fullmatch(str(root.tag))
    if not old:
        raise _wrong("cfdi-kind", _("The XML is not a CFDI: its first element is not cfdi:Comprobante."))
    version = root.get("Version") or root.get("version") or ""
    if old[1] != "4" or version != "4.0":
        found = version[:8] or old[1]
        raise _wrong("cfdi-version", _("The CFDI has version %(found)s. Issue it in version 4.0.") % {"found": found})


def _one(parent: etree._Element, name: str) -> etree._Element:
    found = parent.findall(f"{CFDI}{name}")
    if len(found) != 1:
        raise _wrong("cfdi-node", _("The CFDI must have exactly one element %(name)s.") % {"name": name})
    return found[0]


def _place(element: etree._Element, name: str) -> str:
    values = {"place": f"{etree.QName(element).localname}/@{name}", "line": element.sourceline}
    return _("%(place)s (line %(line)s)") % values


def _get(element: etree._Element, name: str, *, required: bool = True) -> str:
    value = (element.get(name) or "").strip()
    if required and not value:
        raise _wrong("cfdi-missing", _("%(place)s is missing in the CFDI.") % {"place": _place(element, name)})
    if len(value) > MAX_TEXT or has_unsafe_characters(value):
        message = _("%(place)s is too long or holds characters that cannot be shown.")
        raise _wrong("cfdi-text", message % {"place": _place(element, name)})
    return value


def _amount(element: etree._Element | None, name: str, *, required: bool = True) -> Decimal:
    value = _get(element, name, required=required) if element is not None else ""
    if not value:
        return Decimal(0)
    if not _AMOUNT.fullmatch(value):
        message = _("%(place)s is not an amount: write digits, as 1234.50. It says “%(value)s”.")
        raise _wrong("cfdi-amount", message % {"place": _place(element, name), "value": value[:30]})
    return Decimal(value)


def _instant(element: etree._Element, name: str) -> datetime:
    """A local instant without zone, as the standard writes it."""
    value = _get(element, name)
    try:
        if _INSTANT.fullmatch(value):
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    message = _("%(place)s is not a date and hour as 2026-01-31T11:00:00.")
    raise _wrong("cfdi-date", message % {"place": _place(element, name)})


def _rfc(element: etree._Element) -> str:
    value = _get(element, "Rfc")
    if not is_rfc(value):
        raise _wrong("cfdi-rfc", _("%(place)s is not an RFC.") % {"place": _place(element, "Rfc")})
    return value


def _uuid(stamp: etree._Element) -> str:
    value = _get(stamp, "UUID")
    if not _UUID.fullmatch(value):
        raise _wrong("cfdi-uuid", _("The fiscal folio (UUID) of the stamp is not one."))
    return value.upper()


def _lines(root: etree._Element) -> Iterator[Line]:
    found = _one(root, "Conceptos").findall(f"{CFDI}Concepto")
    if not found:
        raise _wrong("cfdi-lines", _("The CFDI has no lines (Conceptos)."))
    for number, element in enumerate(found, start=1):
        yield Line(
            number=number,
            key=_get(element, "NoIdentificacion", required=False),
            product_key=_get(element, "ClaveProdServ"),
            quantity=_amount(element, "Cantidad"),
            unit_key=_get(element, "ClaveUnidad"),
            description=_get(element, "Descripcion"),
            unit_price=_amount(element, "ValorUnitario"),
            amount=_amount(element, "Importe"),
            discount=_amount(element, "Descuento", required=False),
            taxes=tuple(_taxes(element)),
        )


def _taxes(concept: etree._Element) -> Iterator[Tax]:
    for group, name, is_withheld in (("Traslados", "Traslado", False), ("Retenciones", "Retencion", True)):
        for element in concept.findall(f"{CFDI}Impuestos/{CFDI}{group}/{CFDI}{name}"):
            factor = _get(element, "TipoFactor")
            yield Tax(
                tax=_get(element, "Impuesto"),
                is_withheld=is_withheld,
                factor=factor,
                base=_amount(element, "Base"),
                rate=_amount(element, "TasaOCuota", required=factor != "Exento"),
                amount=_amount(element, "Importe", required=factor != "Exento"),
            )
