# SPDX-License-Identifier: Apache-2.0
"""The official files by the names in their header, never by position.

A column maps to one of our field names; columns that we do not keep (names and e-mails of officials among them) map to
nothing but still count when a header is recognised. `docs/reference/compranet-layouts.md` is the same for people.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from vitrina.kernel.text import fold

from .refusals import UnreadableFileError


class Layout(NamedTuple):
    """An official file: its id, what a row is (`contract` or `procedure`), header name -> our field (or ''), musts."""

    id: str
    subject: str
    columns: dict[str, str]
    required: frozenset[str]


class Plan(NamedTuple):
    """How one file is read: its layout, (index, our field, header name) of each kept column, and what was odd."""

    layout: Layout
    columns: tuple[tuple[int, str, str], ...]
    width: int
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    unnamed_first: bool


_AS_PUBLISHED: dict[str, str] = {}


def _columns(text: str) -> dict[str, str]:
    """`Header name > field; Header name; ...` as a dict with folded header names."""
    pairs = [item.partition(">") for item in text.split(";") if item.strip()]
    for name, _, _ in pairs:
        _AS_PUBLISHED.setdefault(header_key(name), name.strip())
    return {header_key(name): field.strip() for name, _, field in pairs}


def header_key(name: str) -> str:
    """A header name without case, accents, quotes, separators or surrounding blanks."""
    return fold(name.replace("\ufeff", "").strip())


_PROCEDURES_37 = """
Orden de gobierno > government; Clave Ramo; Descripción Ramo; Tipo de Institución; Clave Institución > institution_key;
Siglas de la Institución > siglas; Institución > institution; Clave de la UC > unit_key; Nombre de la UC > unit_name;
Código del expediente > file_code; Referencia del expediente > reference; Título del expediente > file_title;
Compra consolidada > consolidated; Fecha de expediente > file_opened; Tipo de elemento > element; Ley > law;
Tipo Procedimiento > procedure; Artículo de excepción > ground; Descripción excepción > ground_description;
Contrato marco > framework; Núm. Proc. Proyecto > number; Referencia anuncio; Nombre anuncio > title;
Descripción anuncio > description; Operador anuncio; Correo anuncio; Partida específica > classifications;
Tipo de contratación > category; Caracter anuncio > character; Forma de participación > participation;
Entidad Federativa > state; Fecha de publicación > published; Estatus procedimiento > status; Fecha apertura > opening;
Fecha y hora junta de aclaraciones > clarification; Fecha de fallo > award; Dirección anuncio > url
"""
_CONTRACTS_21 = """
rfc > rfc; Institución > institution; Nombre de la UC > unit_name; Clave de la UC > unit_key;
Proveedor o contratista > supplier; Número de procedimiento > number; Tipo Procedimiento > procedure;
Tipo de contratación > category; Ley > law; Artículo de excepción > ground; Descripción excepción > ground_description;
Partida específica > classifications; Importe DRC > amount; Estratificación > size; Compra consolidada > consolidated;
Fecha de publicación > published; Fecha de fallo > award; Fecha de firma del contrato > signed;
Fecha de inicio del contrato > start; Descripción del contrato > description; Dirección del anuncio > url
"""
_CONTRACTS_45 = """
Orden de gobierno > government; Siglas de la Institución > siglas; Institución > institution;
Clave de la UC > unit_key; Nombre de la UC > unit_name; Responsable de la UC; Código del expediente > file_code;
Referencia del expediente; Clave CUCOP > classifications; Título del expediente > file_title;
Plantilla del expediente > template; Fundamento legal > ground; Número de procedimiento > number;
Fecha de fallo > award; Fecha de publicación > published; Fecha de apertura > opening;
Carácter del procedimiento > character; Tipo de contratación > category; Tipo Procedimiento > procedure;
Forma de participación > participation; Código del contrato > code; Núm. de control del contrato > control_number;
Título del contrato > title; Descripción del contrato > description; Fecha de inicio del contrato > start;
Fecha de fin del contrato > end; Importe DRC > amount; Moneda del contrato > currency;
Estatus del contrato > contract_status; Convenio modificatorio > amended; Clave del programa federal;
Fecha de firma del contrato > signed; Contrato marco > framework; Compra consolidada > consolidated;
Contrato plurianual > multiyear; Clave de cartera SHCP; Folio en el RUPC; rfc > rfc;
Proveedor o contratista > supplier; Estratificación > size; Clave del país de la empresa > country;
RFC verificado en el SAT; Crédito externo; Organismo financiero; Dirección del anuncio > url
"""
_OLD = """
GOBIERNO > government; SIGLAS > siglas; DEPENDENCIA > institution; CLAVEUC > unit_key; NOMBRE_DE_LA_UC > unit_name;
RESPONSABLE; TITULO_EXPEDIENTE > file_title; PLANTILLA_EXPEDIENTE > template; NUMERO_PROCEDIMIENTO > number;
EXP_F_FALLO > award; PROC_F_PUBLICACION > published; FECHA_APERTURA_PROPOSICIONES > opening; CARACTER > character;
TIPO_CONTRATACION > category; TIPO_PROCEDIMIENTO > procedure; FORMA_PROCEDIMIENTO > participation;
CODIGO_CONTRATO > code; TITULO_CONTRATO > title; FECHA_INICIO > start; FECHA_FIN > end; IMPORTE_CONTRATO > amount;
MONEDA > currency; ESTATUS_CONTRATO > contract_status; ARCHIVADO; RAMO; CLAVE_PROGRAMA; APORTACION_FEDERAL;
FECHA_CELEBRACION > signed; CONTRATO_MARCO > framework; COMPRA_CONSOLIDADA > consolidated; PLURIANUAL > multiyear;
CLAVE_CARTERA_SHCP; ESTRATIFICACION_MUC > size_by_buyer; PROVEEDOR_CONTRATISTA > supplier; ESTRATIFICACION_MPC > size;
ESTATUS_EMPRESA; CUENTA_ADMINISTRADA_POR; ANUNCIO > url
"""
_CONTRACTS_39 = _OLD + "; NUMERO_EXPEDIENTE > file_code"
_CONTRACTS_44 = _OLD + """; CODIGO_EXPEDIENTE > file_code; CONVENIO_MODIFICATORIO > amended; FOLIO_RUPC;
SIGLAS_PAIS > country; C_EXTERNO; ORGANISMO"""  # fmt: skip
_CONTRACTS_16 = """
codigo_contrato > code; codigo_expediente > file_code; proveedor > supplier; titulo_contrato > title;
descripcion > description; contract_type; work_category_id; tipo_contratacion > category; tipo_expediente > template;
importe > amount; moneda > currency; fecha > start; fecha_fin > end; project_code; ff_fecha_inicio; ff_fecha_fin
"""
_CONTRACTS_73 = """
orden_gobierno > government; clave_ramo; ramo; tipo_institucion; clave_institucion > institution_key;
siglas_institucion > siglas; institucion > institution; clave_uc > unit_key; nombre_uc > unit_name;
codigo_expediente > file_code; referencia_expediente; titulo_expediente > file_title;
partida_especifica > classifications; ley > law; tipo_procedimiento > procedure; articulo_excepcion > ground;
descripcion_excepcion > ground_description; contrato_marco > framework; compra_consolidada > consolidated;
num_proc_consolidacion; nombre_proc_consolidacion; tipo_proc_consolidacion; art_exc_proc_consolidacion;
numero_procedimiento > number; tipo_contratacion > category; caracter_procedimiento > character;
forma_participacion > participation; caso_fortuito; credito_externo; organismo_financiero; clave_programa_federal;
clave_cartera_shcp; fecha_publicacion > published; fecha_apertura > opening; fecha_fallo > award;
codigo_contrato > code; num_contrato > control_number; titulo_contrato > title; descripcion_contrato > description;
contrato_plurianual > multiyear; estatus_drc; fecha_inicio_contrato > start; fecha_fin_contrato > end;
fecha_firma_contrato > signed; importe_drc > amount; moneda_drc > currency; convenio_modificatorio_drc;
codigo_ref_contrato; estatus_contrato > contract_status; fecha_firma2; tipo_contrato; monto_sin_imp_min;
monto_min_con_imp > minimum; monto_sin_imp_max; monto_max_con_imp > maximum; moneda; convenio_modificatorio;
codigo_ref_ultimo_conv; fecha_fin_ultimo_conv; monto_sin_imp_min_uc; monto_min_con_imp_uc; monto_sin_imp_max_uc;
monto_max_con_imp_uc; fecha_firma_ultimo_conv; rfc > rfc; proveedor > supplier; folio_rupc; pais_empresa > country;
nacionalidad_proveedor; auto_registro; estratificacion > size; origen; direccion_anuncio > url
"""


def _layout(name: str, subject: str, columns: str, *required: str) -> Layout:
    return Layout(name, subject, _columns(columns), frozenset(required))


LAYOUTS: tuple[Layout, ...] = (
    _layout("procedures_37", "procedure", _PROCEDURES_37, "element", "status", "unit_key", "title", "published"),
    _layout("contracts_21", "contract", _CONTRACTS_21, "supplier", "number", "amount", "unit_key", "start"),
    _layout("contracts_45", "contract", _CONTRACTS_45, "supplier", "number", "amount", "unit_key", "code", "template"),
    _layout("contracts_39", "contract", _CONTRACTS_39, "supplier", "number", "amount", "unit_key", "file_code"),
    _layout("contracts_44", "contract", _CONTRACTS_44, "supplier", "number", "amount", "unit_key", "file_code"),
    _layout("contracts_16", "contract", _CONTRACTS_16, "supplier", "amount", "code", "file_code", "start"),
    _layout("contracts_73", "contract", _CONTRACTS_73, "supplier", "number", "amount", "unit_key", "code"),
)


def detect(header: Sequence[str]) -> Plan:
    """How to read a file with this header: the layout of which most columns are present and all required ones.

    A header whose first name is empty (the 2015 files) is the layout's first column. Unnamed trailing columns are
    ignored. Errors: `UnreadableFileError` naming the columns that the nearest layout misses, or a repeated name.
    """
    names = [header_key(name) for name in header]
    while names and not names[-1]:
        names.pop()
    layout = max(LAYOUTS, key=lambda known: (sum(n in known.columns for n in names), -len(known.columns)))
    unnamed_first = bool(names) and not names[0] and next(iter(layout.columns)) not in names
    if unnamed_first:
        names[0] = next(iter(layout.columns))
    kept, seen = [], set()
    for index, name in enumerate(names):
        if name in seen and name in layout.columns:
            raise UnreadableFileError("duplicate_header", header[index].strip())
        seen.add(name)
        if field := layout.columns.get(name):
            kept.append((index, field, header[index].strip() or name))
    fields = {field for _, field, _ in kept}
    missing = tuple(_AS_PUBLISHED[name] for name in layout.columns if name not in seen)
    if lacking := [_AS_PUBLISHED[n] for n, field in layout.columns.items() if field in layout.required - fields]:
        raise UnreadableFileError("unknown_layout", ", ".join(lacking))
    unknown = tuple(header[i].strip() for i, n in enumerate(names) if n and n not in layout.columns)
    return Plan(layout, tuple(kept), len(header), unknown, missing, unnamed_first)
