# SPDX-License-Identifier: Apache-2.0
"""States of a market research."""

from enum import StrEnum

from vitrina.kernel.states import NEW, Table


class ResearchState(StrEnum):
    """New prices open a concluded research again."""

    OPEN = "open"
    CONCLUDED = "concluded"


TABLE: Table = {
    (NEW, "request_quotes"): ResearchState.OPEN,
    (NEW, "record_source"): ResearchState.OPEN,
    (ResearchState.OPEN, "request_quotes"): ResearchState.OPEN,
    (ResearchState.OPEN, "record_source"): ResearchState.OPEN,
    (ResearchState.OPEN, "conclude"): ResearchState.CONCLUDED,
    (ResearchState.CONCLUDED, "conclude"): ResearchState.CONCLUDED,  # only when the lines changed
    # new prices before the call open it again; it must then be concluded again
    (ResearchState.CONCLUDED, "request_quotes"): ResearchState.OPEN,
    (ResearchState.CONCLUDED, "record_source"): ResearchState.OPEN,
}
