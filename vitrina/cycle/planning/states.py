# SPDX-License-Identifier: Apache-2.0
"""States of a plan line."""

from enum import StrEnum

from vitrina.kernel.states import NEW, Table


class LineState(StrEnum):
    """The line is funded once its budget is certified."""

    PUBLISHED = "published"
    FUNDED = "funded"
    CANCELLED = "cancelled"


TABLE: Table = {
    (NEW, "publish_line"): LineState.PUBLISHED,
    (LineState.PUBLISHED, "modify_line"): LineState.PUBLISHED,
    (LineState.PUBLISHED, "certify_budget"): LineState.FUNDED,
    (LineState.FUNDED, "modify_line"): LineState.PUBLISHED,  # another amount needs another certificate
    (LineState.PUBLISHED, "cancel_line"): LineState.CANCELLED,
    (LineState.FUNDED, "cancel_line"): LineState.CANCELLED,
}
