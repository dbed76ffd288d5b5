# SPDX-License-Identifier: Apache-2.0
"""The ingest under any bytes, guided by coverage, for as long as one likes:
`python -m vitrina.insight.tests.ingest.fuzz_atheris -max_total_time=60 [FOLDER OF EXAMPLES]`.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["vitrina.insight.ingest"]):
    from vitrina.insight.tests.ingest.fuzz import read_all


def check(data: bytes) -> None:
    """One input."""
    read_all(data)


if __name__ == "__main__":
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
