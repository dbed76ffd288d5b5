# SPDX-License-Identifier: Apache-2.0
"""States by INEGI key, time zones of the country, kinds of unit: what a register may choose from."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

STATES = {
    f"{number:02d}": name
    for number, name in enumerate(
        (
            "Aguascalientes", "Baja California", "Baja California Sur", "Campeche", "Coahuila de Zaragoza", "Colima",
            "Chiapas", "Chihuahua", "Ciudad de México", "Durango", "Guanajuato", "Guerrero", "Hidalgo", "Jalisco",
            "México", "Michoacán de Ocampo", "Morelos", "Nayarit", "Nuevo León", "Oaxaca", "Puebla", "Querétaro",
            "Quintana Roo", "San Luis Potosí", "Sinaloa", "Sonora", "Tabasco", "Tamaulipas", "Tlaxcala",
            "Veracruz de Ignacio de la Llave", "Yucatán", "Zacatecas",
        ),
        start=1,
    )
}  # fmt: skip

ZONES = (
    "America/Mexico_City", "America/Cancun", "America/Hermosillo", "America/Mazatlan", "America/Bahia_Banderas",
    "America/Chihuahua", "America/Ciudad_Juarez", "America/Ojinaga", "America/Matamoros", "America/Tijuana",
)  # fmt: skip

UNIT_KINDS = {
    "institute": _("institute, ministry or entity"),
    "delegation": _("delegation or state office"),
    "office": _("administrative unit"),
    "hospital": _("hospital"),
    "clinic": _("clinic"),
    "warehouse": _("warehouse"),
    "school": _("school"),
    "other": _("another kind"),
}

SIZES = {"micro": _("micro"), "small": _("small"), "medium": _("medium"), "large": _("large")}
