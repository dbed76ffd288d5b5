# SPDX-License-Identifier: Apache-2.0
"""The rule that the ingest keeps under any bytes. `test_properties` holds it under Hypothesis for seconds, and
`fuzz_atheris` for as long as one likes.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from vitrina.insight.ingest.batch import Builder
from vitrina.insight.ingest.gather import Repeated, gathered
from vitrina.insight.ingest.reading import File

BUILDER = Builder("America/Mexico_City")


def read_all(data: bytes) -> Counter[str]:
    """Read bytes as a file of OCDS, all but the writing, and hold the rule that no record is lost."""
    with tempfile.NamedTemporaryFile(prefix="vitrina-fuzz-") as file:
        file.write(data)
        file.flush()
        source = File(0, Path(file.name))
        repeated = Repeated()
        for record in source.records():
            repeated.see(record.data)
        repeated.close()
        batch = BUILDER.build(list(gathered(source.records(), repeated, len(data))))
    told = Counter({name: sum(getattr(batch, name).values()) for name in ("read", "merged", "duplicates")})
    for name, table in (("stored", "release"), ("quarantined", "quarantine")):
        told[name] = batch.tables[table].num_rows if table in batch.tables else 0
    assert told["read"] == told["stored"] + told["quarantined"] + told["duplicates"] + told["merged"], told
    return told
