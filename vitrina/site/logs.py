# SPDX-License-Identifier: Apache-2.0
"""Logs without what people wrote: a database that refuses a row repeats the whole row in its error."""

from __future__ import annotations

import logging
import re
from types import TracebackType

_REPEATED = re.compile(r"\n(?:DETAIL|CONTEXT|LINE [0-9]+):.*?(?=\n\n|\Z)", re.DOTALL)


class Discreet(logging.Formatter):
    """Leaves out of every traceback what PostgreSQL says of the values; before an opening they could be a bid's."""

    def formatException(  # noqa: N802 - logging's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        return _REPEATED.sub("\n(the values are not logged)", super().formatException(ei))
