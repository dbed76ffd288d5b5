# SPDX-License-Identifier: Apache-2.0
"""States of a tender and of a lot. A suspension is `process.halt`, so that the state beneath it is kept."""

from enum import StrEnum

from vitrina.kernel.states import NEW, Table


class TenderState(StrEnum):
    """The call, once published."""

    PUBLISHED = "published"
    CANCELLED = "cancelled"


class LotState(StrEnum):
    """Set by the call, then by the ruling."""

    OPEN = "open"
    AWARDED = "awarded"
    DESERTED = "deserted"


TABLE: Table = {
    (NEW, "publish_call"): TenderState.PUBLISHED,
    (TenderState.PUBLISHED, "amend_call"): TenderState.PUBLISHED,
    (TenderState.PUBLISHED, "suspend"): TenderState.PUBLISHED,
    (TenderState.PUBLISHED, "resume"): TenderState.PUBLISHED,
    (TenderState.PUBLISHED, "cancel"): TenderState.CANCELLED,
}
