# SPDX-License-Identifier: Apache-2.0
"""Imported entries as OCDS releases: the pure `ocds.release_fragment`, which also gives the tags."""

from __future__ import annotations

from typing import Any

from vitrina.compranet.ocds import release_fragment
from vitrina.ledger.models import Entry
from vitrina.ledger.releases import release_for

from .events import ContractImported, Imports, ProcedureImported


@release_for(ProcedureImported, "tender")
@release_for(ContractImported, "award", "contract")
def imported(event: Imports, _entry: Entry) -> dict[str, Any]:
    """What the official file says of the process."""
    return release_fragment(event.record)
