# SPDX-License-Identifier: Apache-2.0
"""States of a ruling, and of the award of each lot."""

from enum import StrEnum

from vitrina.kernel.states import NEW, Table


class RulingState(StrEnum):
    """The ruling of a purchase."""

    ISSUED = "issued"


class AwardState(StrEnum):
    """The award of a lot; the words of the OCDS award status."""

    ACTIVE = "active"
    UNSUCCESSFUL = "unsuccessful"


TABLE: Table = {
    (NEW, "issue_ruling"): RulingState.ISSUED,
}

AWARD: Table = {
    (NEW, "award"): AwardState.ACTIVE,
    (NEW, "declare_deserted"): AwardState.UNSUCCESSFUL,
}
