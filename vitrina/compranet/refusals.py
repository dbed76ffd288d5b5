# SPDX-License-Identifier: Apache-2.0
"""Why a row or a file was not read, in Spanish and English, with how to mend it."""

from __future__ import annotations

from typing import Final, NamedTuple

SHOWN = 120


class Reason(NamedTuple):
    """A reason's words: what is wrong, and how to mend it, with `%(field)s`, `%(value)s`, `%(limit)s` filled in."""

    es: str
    en: str
    mend_es: str
    mend_en: str


REASONS: Final[dict[str, Reason]] = {
    # one cell
    "control_character": Reason(
        "La celda «%(field)s» trae caracteres de control, que no se ven.",
        "The cell “%(field)s” holds control characters, which cannot be seen.",
        "Borre el texto de la celda y escríbalo de nuevo.",
        "Delete the text of the cell and type it again.",
    ),
    "damaged_text": Reason(
        "La celda «%(field)s» tiene letras dañadas por un cambio de codificación.",
        "The cell “%(field)s” has letters damaged by a change of encoding.",
        "Descargue otra vez el archivo, o corrija esas letras a mano.",
        "Download the file again, or correct those letters by hand.",
    ),
    "formula": Reason(
        "La celda «%(field)s» empieza como una fórmula de hoja de cálculo.",
        "The cell “%(field)s” begins like a spreadsheet formula.",
        "Quite el signo inicial y deje solo el texto.",
        "Remove the leading sign and leave the text only.",
    ),
    "cell_too_long": Reason(
        "La celda «%(field)s» pasa de %(limit)s caracteres.",
        "The cell “%(field)s” is longer than %(limit)s characters.",
        "Revise si faltan comillas al final de la celda; si no, acorte el texto.",
        "Check for a missing closing quote; otherwise shorten the text.",
    ),
    "missing": Reason(
        "Falta «%(field)s», sin el cual la fila no dice de qué compra se trata.",
        "“%(field)s” is missing; without it the row does not say which purchase it is.",
        "Complete la celda con el dato del expediente.",
        "Fill the cell in from the file of the purchase.",
    ),
    "not_an_amount": Reason(
        "«%(value)s» no es un importe.",
        "“%(value)s” is not an amount.",
        "Escriba solo cifras y punto decimal, por ejemplo 1008560.50.",
        "Write digits and a decimal point only, such as 1008560.50.",
    ),
    "negative_amount": Reason(
        "El importe «%(value)s» es negativo.",
        "The amount “%(value)s” is negative.",
        "Escriba el importe del contrato sin signo.",
        "Write the amount of the contract without a sign.",
    ),
    "amount_out_of_range": Reason(
        "El importe «%(value)s» es mayor que cualquier presupuesto público.",
        "The amount “%(value)s” is larger than any public budget.",
        "Revise el punto decimal y los ceros.",
        "Check the decimal point and the zeros.",
    ),
    "unknown_currency": Reason(
        "«%(value)s» no es una clave de moneda.",
        "“%(value)s” is not a currency code.",
        "Use la clave de tres letras: MXN, USD, EUR.",
        "Use the three-letter code: MXN, USD, EUR.",
    ),
    "not_a_date": Reason(
        "«%(value)s» en «%(field)s» no es una fecha.",
        "“%(value)s” in “%(field)s” is not a date.",
        "Escriba la fecha como 2026-01-31, o como 31/01/2026.",
        "Write the date as 2026-01-31 or as 31/01/2026.",
    ),
    "date_out_of_range": Reason(
        "La fecha «%(value)s» en «%(field)s» queda fuera de 1990 a 2100.",
        "The date “%(value)s” in “%(field)s” lies outside 1990 to 2100.",
        "Corrija el año.",
        "Correct the year.",
    ),
    "not_a_flag": Reason(
        "«%(value)s» en «%(field)s» no es sí ni no.",
        "“%(value)s” in “%(field)s” is neither yes nor no.",
        "Escriba SI o NO.",
        "Write SI or NO.",
    ),
    "bad_unit_key": Reason(
        "«%(value)s» no es una clave de unidad compradora: son nueve letras o cifras.",
        "“%(value)s” is not a buying unit's key: nine letters or digits.",
        "Si se perdieron los ceros iniciales, dé a la columna formato de texto.",
        "If leading zeros were lost, format the column as text.",
    ),
    "bad_classification": Reason(
        "«%(value)s» en «%(field)s» no es una lista de partidas o claves CUCoP.",
        "“%(value)s” in “%(field)s” is not a list of budget lines or CUCoP keys.",
        "Escriba las claves con cifras, separadas por coma: 25301, 25401.",
        "Write the keys in digits, separated by commas: 25301, 25401.",
    ),
    "bad_url": Reason(
        "«%(value)s» no es una dirección de internet.",
        "“%(value)s” is not a web address.",
        "Revise si una coma sin comillas recorrió las celdas de la fila.",
        "Check whether an unquoted comma shifted the cells of the row.",
    ),
    "unknown_status": Reason(
        "El estatus «%(value)s» no es ninguno de los conocidos para este tipo de elemento.",
        "The status “%(value)s” is none of those known for this type of element.",
        "Revise el estatus en el portal de origen.",
        "Check the status on the portal of origin.",
    ),
    # one row
    "too_few_cells": Reason(
        "La fila trae %(value)s celdas y el encabezado %(limit)s.",
        "The row has %(value)s cells and the header %(limit)s.",
        "Revise si un salto de línea sin comillas partió la fila.",
        "Check whether an unquoted line break split the row.",
    ),
    "too_many_cells": Reason(
        "La fila trae %(value)s celdas y el encabezado %(limit)s.",
        "The row has %(value)s cells and the header %(limit)s.",
        "Ponga entre comillas los textos que llevan coma.",
        "Put quotes around the texts that contain a comma.",
    ),
    "unbalanced_quote": Reason(
        "La fila abre unas comillas que no se cierran.",
        "The row opens a quote that is not closed.",
        "Cierre las comillas, o escríbalas dobles si son parte del texto.",
        "Close the quote, or double it when it belongs to the text.",
    ),
    "line_too_long": Reason(
        "La línea pasa de %(limit)s caracteres.",
        "The line is longer than %(limit)s characters.",
        "Revise si faltan saltos de línea o comillas en el archivo.",
        "Check the file for missing line breaks or quotes.",
    ),
    "repeated_header": Reason(
        "La fila repite el encabezado.",
        "The row repeats the header.",
        "Bórrela; suele quedar al pegar dos archivos.",
        "Delete it; it is usually left by joining two files.",
    ),
    # the file
    "empty_file": Reason(
        "El archivo está vacío.",
        "The file is empty.",
        "Descárguelo otra vez.",
        "Download it again.",
    ),
    "damaged_gzip": Reason(
        "El archivo comprimido está incompleto o dañado.",
        "The compressed file is incomplete or damaged.",
        "Descárguelo otra vez.",
        "Download it again.",
    ),
    "not_text": Reason(
        "El archivo es una hoja de cálculo o un comprimido, no un CSV.",
        "The file is a spreadsheet or an archive, not a CSV.",
        "Ábralo y guárdelo como CSV UTF-8.",
        "Open it and save it as CSV UTF-8.",
    ),
    "unknown_layout": Reason(
        "El encabezado no es de ningún archivo oficial conocido. Le faltan: %(value)s.",
        "The header belongs to no known official file. It lacks: %(value)s.",
        "Compare los nombres de las columnas con la guía de formatos.",
        "Compare the column names with the guide to the layouts.",
    ),
    "duplicate_header": Reason(
        "La columna «%(value)s» aparece dos veces en el encabezado.",
        "The column “%(value)s” stands twice in the header.",
        "Borre la columna que sobra.",
        "Delete the surplus column.",
    ),
}


class BadValueError(ValueError):
    """A cell that cannot be read: its reason code and the limit that it passed, if any."""

    def __init__(self, code: str, limit: str = "") -> None:
        super().__init__(code)
        self.code, self.limit = code, limit


class UnreadableFileError(ValueError):
    """A file of which no row can be read. `sentence("es")` says why, `mend("es")` what to do."""

    def __init__(self, code: str, value: str = "") -> None:
        super().__init__(code)
        self.code, self.value = code, value

    def sentence(self, language: str = "es") -> str:
        """What is wrong with the file, one sentence."""
        return sentence(self.code, language, value=self.value)

    def mend(self, language: str = "es") -> str:
        """How to mend it, one sentence."""
        return mend(self.code, language)

    def __str__(self) -> str:
        return self.sentence("en")


def sentence(code: str, language: str = "es", *, field: str = "", value: str = "", limit: str = "") -> str:
    """What is wrong, one sentence in Spanish (`es`) or English (`en`)."""
    reason = REASONS[code]
    text = reason.es if language == "es" else reason.en
    return text % {"field": field, "value": value[:SHOWN], "limit": limit}


def mend(code: str, language: str = "es") -> str:
    """How to mend it, one sentence in Spanish (`es`) or English (`en`)."""
    reason = REASONS[code]
    return reason.mend_es if language == "es" else reason.mend_en
