# SPDX-License-Identifier: Apache-2.0
"""Labels of the official files to our codes, and the cleaning of a cell's text."""

from __future__ import annotations

import re
from functools import lru_cache

from vitrina.kernel.text import fold

from .refusals import BadValueError

LONGEST_CELL = 20_000

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_C1 = re.compile(r"[\x80-\x9f]")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")
_SPACES = re.compile(r"[ \t\u00a0]+")
_BREAKS = re.compile(r" ?(?:\r\n|\r|\n) ?")
_FORMULA = re.compile(
    r"[=@]|[+-](?=[^ ]{0,200}\|[^!]{0,200}!)|[+-](?:SUM|HYPERLINK|WEBSERVICE|CMD|DDE|IMPORT[A-Z]{2,6})\s?\(",
    re.IGNORECASE,
)


def clean(text: str) -> tuple[str, str]:
    """The text of a cell without what exports add, and the codes of the repairs made, space-separated.

    Repairs: `apostrophe` (a spreadsheet's text mark before a key), `cp1252` (quotes and dashes of Windows-1252 in a
    file of another encoding), `invisible` (zero-width characters), `whitespace` (tabs, or blanks around the text).
    Runs of spaces become one, unrecorded.
    Errors: `BadValueError` for control and direction-changing characters, damaged letters, formulas, great length.
    """
    if text.isprintable() and text[:1] not in "'=@+- " and text[-1:] != " " and "  " not in text:
        if len(text) > LONGEST_CELL:
            raise BadValueError("cell_too_long", str(LONGEST_CELL))
        if "\ufffd" in text:
            raise BadValueError("damaged_text")
        return text, ""
    return _clean_slowly(text)


def _clean_slowly(text: str) -> tuple[str, str]:
    if len(text) > LONGEST_CELL:
        raise BadValueError("cell_too_long", str(LONGEST_CELL))
    if _FORBIDDEN.search(text):
        raise BadValueError("control_character")
    if "\ufffd" in text:
        raise BadValueError("damaged_text")
    repairs = []
    if _C1.search(text):
        text = _C1.sub(_from_cp1252, text)
        repairs.append("cp1252")
    if _INVISIBLE.search(text):
        text = _INVISIBLE.sub("", text)
        repairs.append("invisible")
    if text.startswith("'") and not text.rstrip().endswith("'"):
        text = text[1:]
        repairs.append("apostrophe")
    tidy = _BREAKS.sub("\n", _SPACES.sub(" ", text)).strip()
    if "\t" in text or text != text.strip():
        repairs.append("whitespace")
    if _FORMULA.match(tidy):
        raise BadValueError("formula")
    return tidy, " ".join(repairs)


def _from_cp1252(found: re.Match[str]) -> str:
    try:
        return found[0].encode("latin-1").decode("cp1252")
    except UnicodeDecodeError:
        raise BadValueError("control_character") from None


def one_line(text: str) -> str:
    """Text with its line breaks turned into spaces: names, titles, keys."""
    return text.replace("\n", " ") if "\n" in text else text


# ------------------------------------------------------------------ procedures
_METHODS = (
    ("proyecto de convocatoria", "licitacion_publica"),
    ("licitacion", "licitacion_publica"),
    ("invitacion", "invitacion_tres_personas"),
    ("dialogo competitivo", "dialogo_competitivo"),
    ("estrategia de negociacion", "ad_estrategia_negociacion"),
    ("tienda digital", "orden_tienda_digital"),
    ("adjudicacion directa", "adjudicacion_directa"),
    ("acuerdo marco", "contrato_especifico_acuerdo_marco"),
    ("entre entes", "entre_entes"),
    ("otras contrataciones", "otra_contratacion"),
)


@lru_cache(maxsize=1024)
def procedure_code(label: str) -> str | None:
    """Our procedure code for a `Tipo Procedimiento` or `Plantilla del expediente` label; nothing if it says none."""
    text = fold(label)
    # The ground of a direct award may name a deserted tender: what comes first in the label is the procedure.
    found = [(text.index(words), code) for words, code in _METHODS if words in text]
    if any(code == "ad_estrategia_negociacion" for _, code in found):
        return "ad_estrategia_negociacion"
    return min(found)[1] if found else None


@lru_cache(maxsize=1024)
def is_reverse_auction(label: str) -> bool:
    """Whether a label says *ofertas subsecuentes de descuento* (OSD)."""
    words = fold(label).replace(",", " ").split()
    return "osd" in words or "subsecuentes" in words


@lru_cache(maxsize=1024)
def law_code(label: str) -> str | None:
    """`LAASSP`, `LOPSRM` or `CEEP` for a law's name or for a template that ends in its initials; else nothing."""
    text = fold(label)
    if "laassp" in text or text.startswith("ley de adquisiciones, arrendamientos y servicios del sector publico"):
        return "LAASSP"
    if "lopsrm" in text or text.startswith("ley de obras publicas y servicios relacionados"):
        return "LOPSRM"
    return "CEEP" if text == "ceep" else None


_ARTICLE = re.compile(r"art(?:iculo)? ([0-9]{1,3})(?: (?:fr(?:accion)?|parrafo) ([a-z]{1,8}))?")
_PARAGRAPHS = ("primero", "segundo", "tercero", "cuarto", "quinto", "sexto", "septimo", "octavo", "noveno", "decimo")


@lru_cache(maxsize=1024)
def ground_code(label: str) -> str | None:
    """The exception's article as a code: `54-II` (fraction), `55-p1` (paragraph), `43`; nothing if it names none.

    >>> ground_code("ART. 54 FR. II"), ground_code("Art. 42 párrafo quinto"), ground_code("Art. 43 s/f")
    ('54-II', '42-p5', '43')
    """
    found = _ARTICLE.search(fold(label))
    if not found:
        return None
    article, part = found.groups()
    if part in _PARAGRAPHS:
        return f"{article}-p{_PARAGRAPHS.index(part) + 1}"
    return f"{article}-{part.upper()}" if part and set(part) <= set("ivxl") else article


@lru_cache(maxsize=1024)
def character_code(label: str) -> str | None:
    """`N` national, `T` international under treaties, `I` open international; nothing when the label does not say."""
    text = fold(label)
    if "tratados" in text or "tlc" in text.split() or "tlc," in text:
        return "T"
    if "internacional abiert" in text:
        return "I"
    return "N" if "nacional" in text and "internacional" not in text else None


# -------------------------------------------------------- categories and sizes
@lru_cache(maxsize=1024)
def category_code(label: str) -> str | None:
    """The extended EDCA-MX category: `goodsAcquisition goodsLease services works worksRelatedServices`, or nothing."""
    text = fold(label)
    if "servicios relacionados" in text:
        return "worksRelatedServices"
    for words, code in (
        ("adquisicion", "goodsAcquisition"),
        ("arrendamiento", "goodsLease"),
        ("obra publica", "works"),
        ("servicio", "services"),
    ):
        if words in text:
            return code
    return None


MAIN_CATEGORY = {
    "goodsAcquisition": "goods",
    "goodsLease": "goods",
    "services": "services",
    "works": "works",
    "worksRelatedServices": "services",
}
_SIZES = {
    "micro": "micro",
    "pequena": "small",
    "pequeña": "small",
    "mediana": "medium",
    "grande": "large",
    "no mipyme": "not_msme",
    "cooperativas": "cooperative",
    "cooperativa": "cooperative",
}


@lru_cache(maxsize=1024)
def size_code(label: str) -> str | None:
    """`micro small medium large not_msme cooperative`; nothing for an empty or unassigned one."""
    return _SIZES.get(fold(label))


@lru_cache(maxsize=64)
def participation_code(label: str) -> str | None:
    """OCDS submission method: `electronicSubmission`, `inPerson`, `mixed`; nothing when empty."""
    return {"electronica": "electronicSubmission", "presencial": "inPerson", "mixta": "mixed"}.get(fold(label))


# ---------------------------------------------------------------------- status
# (type of element, status) -> our stage, OCDS tender.status. VIGENTE and FINALIZADO belong to drafts of calls only,
# and mean "draft open" and "draft over", not "tender open" and "tender over".
_DRAFT_STATUSES = {
    "en captura": ("draft", "planning"),
    "pendiente autorizacion": ("draft.awaiting_approval", "planning"),
    "vigente": ("consultation", "planned"),
    "expirado": ("consultation.closed", "planned"),
    "finalizado": ("consultation.done", "planned"),
    "cancelado": ("consultation.cancelled", "cancelled"),
}
_PROCEDURE_STATUSES = {
    "en captura": ("draft", "planning"),
    "pendiente autorizacion": ("draft.awaiting_approval", "planning"),
    "vigente ja": ("enquiries", "active"),
    "vigente sa": ("bidding", "active"),
    "en aclaraciones": ("clarification", "active"),
    "acta en autorizacion": ("clarification.minutes", "active"),
    "vigente sin acta": ("clarification.minutes_late", "active"),
    "vigente pap": ("bidding", "active"),
    "pendiente de apertura": ("opening.due", "active"),
    "en apertura": ("opening", "active"),
    "por evaluar": ("evaluation.queued", "active"),
    "en evaluacion": ("evaluation", "active"),
    "en decision de fallo": ("award.deciding", "active"),
    "adjudicado": ("awarded", "complete"),
    "adjudicado parcial": ("awarded.partial", "complete"),
    "desierto": ("deserted", "unsuccessful"),
    "cancelado": ("cancelled", "cancelled"),
    "suspendido": ("suspended", "active"),
}


@lru_cache(maxsize=256)
def element_code(label: str) -> str:
    """`draft` for a *proyecto de convocatoria*, else `procedure`."""
    return "draft" if fold(label).startswith("proyecto") else "procedure"


@lru_cache(maxsize=256)
def status_codes(element: str, label: str) -> tuple[str, str]:
    """Our stage and the OCDS tender status of a status label, by type of element; `BadValueError` when unknown."""
    try:
        return (_DRAFT_STATUSES if element == "draft" else _PROCEDURE_STATUSES)[fold(label)]
    except KeyError:
        raise BadValueError("unknown_status") from None


@lru_cache(maxsize=64)
def contract_status(label: str) -> str | None:
    """OCDS contract status of `Activo`, `Terminado`, `Expirado`, `Cancelado`...; nothing when the file says none."""
    text = fold(label)
    for words, code in (("activo", "active"), ("termina", "terminated"), ("expira", "terminated"),
                        ("rescindi", "terminated"), ("cancela", "cancelled")):  # fmt: skip
        if text.startswith(words):
            return code
    return None


# ----------------------------------------------------------------------- names
_LOST_SPACE = re.compile(r"(?<=[a-záéíóúüñ])(?=[A-ZÁÉÍÓÚÜÑ])")
_NOT_WORD = re.compile(r"[^0-9a-zñ&]+")
_LETTERS = re.compile(r"\b(?:[a-zñ] ){1,6}[a-zñ]\b")


@lru_cache(maxsize=65536)
def supplier_key(name: str) -> str:
    """A supplier's name without what exports change: case, accents, dots, lost spaces, order of the words.

    Two people of one name share it: it finds the same contract in two files, it does not identify a person.

    >>> supplier_key("Tapia Solís, José") == supplier_key("JOSE TAPIA SOLIS")
    True
    >>> supplier_key("Triturados delPacifico, S.A. de C.V.") == supplier_key("TRITURADOS DEL PACIFICO SA DE CV")
    True
    """
    text = _NOT_WORD.sub(" ", fold(_LOST_SPACE.sub(" ", name))).strip()
    text = _LETTERS.sub(lambda run: run[0].replace(" ", ""), text)
    return " ".join(sorted(text.split()))
