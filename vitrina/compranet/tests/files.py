# SPDX-License-Identifier: Apache-2.0
"""Files for the readers' tests: invented ones written on the spot, real ones beside the repository when there are any."""

import csv
import gzip
import io
import os
from pathlib import Path

import pytest

from vitrina.compranet.layouts import LAYOUTS
from vitrina.compranet.readers import read

SHARED = Path(os.environ.get("VITRINA_SHARED", Path(__file__).parents[4] / "shared"))

UNIT = "050ZZZ001"
URL = "https://compras.example/sitiopublico/#/sitiopublico/detalle/0123456789abcdef0123456789abcdef/procedimiento"
CONTRACT_21 = {
    "rfc": "ABC010203AB1",
    "Institución": "INSTITUTO DE PRUEBA",
    "Nombre de la UC": "COORDINACIÓN DE ABASTO",
    "Clave de la UC": UNIT,
    "Proveedor o contratista": "REACTIVOS DEL NORTE SA DE CV",
    "Número de procedimiento": f"LA-50-ZZZ-{UNIT}-N-7-2026",
    "Tipo Procedimiento": "LICITACIÓN PÚBLICA",
    "Tipo de contratación": "ADQUISICIONES",
    "Ley": "LAASSP",
    "Artículo de excepción": "",
    "Descripción excepción": "",
    "Partida específica": "25301",
    "Importe DRC": "113543.45",
    "Estratificación": "MICRO",
    "Compra consolidada": "NO",
    "Fecha de publicación": "2026-01-05 09:30:00",
    "Fecha de fallo": "2026-01-30 00:00:00",
    "Fecha de firma del contrato": "2026-02-10 11:57:32",
    "Fecha de inicio del contrato": "01/02/2026",
    "Descripción del contrato": "REACTIVOS PARA PRUEBAS",
    "Dirección del anuncio": URL,
}
PROCEDURE_37 = {
    "Orden de gobierno": "APF",
    "Clave Institución": "'050ZZZ",
    "Siglas de la Institución": "IDP",
    "Institución": "INSTITUTO DE PRUEBA",
    "Clave de la UC": f"'{UNIT}",
    "Nombre de la UC": "COORDINACIÓN DE ABASTO",
    "Código del expediente": "E-2026-00000001",
    "Compra consolidada": "NO",
    "Tipo de elemento": "PROCEDIMIENTO DE CONTRATACIÓN",
    "Ley": "LEY DE ADQUISICIONES, ARRENDAMIENTOS Y SERVICIOS DEL SECTOR PÚBLICO",
    "Tipo Procedimiento": "LICITACIÓN PÚBLICA",
    "Núm. Proc. Proyecto": f"LA-50-ZZZ-{UNIT}-T-12-2026",
    "Nombre anuncio": "REACTIVOS DE LABORATORIO",
    "Descripción anuncio": "REACTIVOS DE LABORATORIO PARA 2026",
    "Partida específica": "'25301, 25401",
    "Tipo de contratación": "ADQUISICIONES",
    "Caracter anuncio": "INTERNACIONAL BAJO LA COBERTURA DE TRATADOS",
    "Forma de participación": "ELECTRÓNICA",
    "Fecha de publicación": "2026-01-05 09:30:00",
    "Estatus procedimiento": "VIGENTE PAP",
    "Fecha apertura": "2026-02-16 10:00:00",
    "Fecha y hora junta de aclaraciones": "2026-01-20 12:00:00",
    "Fecha de fallo": "2026-02-25",
    "Dirección anuncio": URL,
}
CONTRACT_45 = {
    "Siglas de la Institución": "IDP",
    "Institución": "Instituto de Prueba",
    "Clave de la UC": UNIT,
    "Nombre de la UC": f"IDP-Coordinación de Abasto #{UNIT}",
    "Código del expediente": "2380001",
    "Clave CUCOP": "3570",
    "Título del expediente": "Plantas de emergencia",
    "Plantilla del expediente": "01. Licitación Pública LAASSP",
    "Número de procedimiento": f"LA-{UNIT}-E68-2022",
    "Fecha de fallo": "2022-01-17 00:00:00 GMT",
    "Fecha de publicación": "2021-12-30 14:32",
    "Fecha de apertura": "2022-01-10 10:00",
    "Tipo de contratación": "Servicios",
    "Código del contrato": "2784001",
    "Título del contrato": "Plantas de emergencia 2022",
    "Fecha de inicio del contrato": "2023-01-20",
    "Fecha de fin del contrato": "2023-12-31",
    "Importe DRC": "1,008,560",
    "Moneda del contrato": "MXN",
    "Estatus del contrato": "Activo",
    "Convenio modificatorio": "0",
    "Contrato marco": "No se utilizó el Contrato Marco",
    "Compra consolidada": "0",
    "Contrato plurianual": "0",
    "rfc": "",
    "Proveedor o contratista": "JUANA PRUEBA INVENTADA",
    "Dirección del anuncio": "https://historico.example/#/detalle/2380001",
}
CONTRACT_39 = {
    "GOBIERNO": "APF",
    "SIGLAS": "IDP",
    "DEPENDENCIA": "Instituto de Prueba",
    "CLAVEUC": UNIT,
    "NUMERO_EXPEDIENTE": "289001",
    "PLANTILLA_EXPEDIENTE": "07. Adjudicación Directa Nacional Art. 42 LAASSP",
    "NUMERO_PROCEDIMIENTO": f"AA-{UNIT}-N51-2012",
    "FECHA_APERTURA_PROPOSICIONES": "2012-11-07 00:00:00 GMT",
    "TIPO_CONTRATACION": "Servicios",
    "CODIGO_CONTRATO": "285001",
    "TITULO_CONTRATO": "CURSO",
    "FECHA_INICIO": "2012-12-03",
    "FECHA_FIN": "2012-12-07",
    "IMPORTE_CONTRATO": "100000",
    "MONEDA": "MXN",
    "ESTATUS_CONTRATO": "Expirado",
    "ESTRATIFICACION_MUC": "No MIPYME",
    "PROVEEDOR_CONTRATISTA": "Prueba Inventada SC",
    "ESTRATIFICACION_MPC": "Micro",
}
CONTRACT_16 = {
    "codigo_contrato": "1318001",
    "codigo_expediente": "1243001",
    "proveedor": "Edificadora delPacifico Sa de Cv",
    "titulo_contrato": "Obra",
    "tipo_contratacion": "Obra Pública",
    "tipo_expediente": "04. Invitación a Cuando Menos Tres Personas LOPSRM",
    "importe": "7802956.11",
    "moneda": "MXN",
    "fecha": "2017-02-15 06:00:00.000000 +00:00",
    "fecha_fin": "2017-08-14 04:59:00.000000 +00:00",
}
CONTRACT_73 = {
    "institucion": "INSTITUTO DE PRUEBA",
    "clave_uc": UNIT,
    "numero_procedimiento": f"AA-50-ZZZ-{UNIT}-N-9-2026",
    "tipo_procedimiento": "ADJUDICACIÓN DIRECTA POR CASO FORTUITO",
    "articulo_excepcion": "ART. 54 FR. II",
    "codigo_contrato": "C-2026-00000009",
    "importe_drc": "1000.5",
    "moneda_drc": "USD",
    "monto_min_con_imp": "400",
    "monto_max_con_imp": "1000.5",
    "proveedor": "REACTIVOS DEL NORTE SA DE CV",
    "rfc": "XXXXXXXXXXXX",
}


def header_of(layout_id, base=()):
    """The published header of a layout: the names of a sample row first, the layout's others after them."""
    from vitrina.compranet.layouts import _AS_PUBLISHED, header_key

    columns = next(layout.columns for layout in LAYOUTS if layout.id == layout_id)
    named = {header_key(name): name for name in base}
    return [named.get(key, _AS_PUBLISHED[key]) for key in columns]


def csv_text(layout_id, rows, *, separator=","):
    """A file of the layout with these rows (dicts by header name; the cells that they leave out are empty)."""
    names = header_of(layout_id, rows[0])
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([row.get(name, "") for name in names])
    return out.getvalue()


def read_text(tmp_path, text, *, encoding="utf-8", name="prueba.csv"):
    """The items and the summary of a file with this text."""
    path = tmp_path / name
    data = text if isinstance(text, bytes) else text.encode(encoding)
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    reading = read(path)
    items = list(reading)
    return items, reading.summary


def read_rows(tmp_path, layout_id, *rows, encoding="utf-8"):
    """The items and the summary of a file of the layout with these rows."""
    return read_text(tmp_path, csv_text(layout_id, rows), encoding=encoding)


def one(tmp_path, layout_id, base, **changes):
    """The only record or rejection of a one-row file: a sample row with changes by header name."""
    (item,), _ = read_rows(tmp_path, layout_id, base | changes)
    return item


def real(name):
    """The path of a real file, or a skip."""
    path = SHARED / "data" / "mexico" / f"{name}.csv.gz"
    if not path.exists():
        pytest.skip(f"the real file {name} is not beside the repository")
    return path
