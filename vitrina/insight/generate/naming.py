# SPDX-License-Identifier: Apache-2.0
"""Identifiers of what is generated. The ocid prefix is registered to nobody."""

from __future__ import annotations

PREFIX = "ocds-sintet"
PUBLISHER = "Vitrina, generador de datos sintéticos (nada de esto ocurrió)"


def ocid(number: int) -> str:
    """The ocid of a procedure."""
    return f"{PREFIX}-{number:08d}"


def buyer_id(institution: int) -> str:
    """The id of an institution."""
    return f"MX-SINT-{institution:04d}"
