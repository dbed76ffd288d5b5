# SPDX-License-Identifier: Apache-2.0
"""`python -m benchmarks.validity [--only PART] [--contracts N] [--histories K] [--seeds K] [--write]`.

Measures and prints; `--write` puts each part into docs/explanation/validity.md. It needs no database.
"""

from __future__ import annotations

import argparse
import time

from . import golden, overcharge, page, planted

PARTS = ("planted", "golden", "overcharge")


def main() -> None:
    """Measure and print, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contracts", type=int, default=200_000, help="of each history")
    parser.add_argument("--histories", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=20, help="of the reference cartel")
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    made = {
        "planted": lambda: planted.part(given.contracts, given.histories),
        "golden": lambda: golden.part(given.seeds),
        "overcharge": lambda: overcharge.part(given.seeds),
    }
    for part in [given.only] if given.only else PARTS:
        began, used = time.monotonic(), time.process_time()
        text = made[part]()
        print("\n".join(text), flush=True)
        print(f"{part}: {time.monotonic() - began:.0f} s, {time.process_time() - used:.0f} s of processor", flush=True)
        if given.write:
            page.put(part, text)


if __name__ == "__main__":
    main()
