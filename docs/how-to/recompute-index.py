# SPDX-License-Identifier: Apache-2.0
"""Recompute `riesgo` from the published files alone: python recompute-index.py FOLDER (needs numpy and pyarrow)."""

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

folder = Path(sys.argv[1])
weights = json.loads((folder / "weights.json").read_text())
cells, applies, published = (
    pq.read_table(folder / f"{n}.parquet").to_pylist() for n in ("indicators", "applicable", "index")
)
curves, means = {}, {}
for row in pq.read_table(folder / "reference.parquet").to_pylist():
    pool = (row["kind"], row["stratum"])
    if row["code"] == "mean":
        means[pool] = row["value"]
    else:
        curves.setdefault((row["code"], pool), []).append((row["value"], row["rank"], row["n"]))
whole = {c: sum(w["weight"] for w in weights["indicators"].values() if w["concept"] == c) for c in weights["concepts"]}
worst = 0.0
for cell, due, told in zip(cells, applies, published, strict=True):
    stratum = sum(cell["n"] >= least for least in weights["strata"]) - 1
    pools = [(cell["kind"], stratum), (cell["kind"], -1), ("", -1)]
    total, weight, known, asked = {}, {}, 0.0, 0.0
    for code, own in weights["indicators"].items():
        share = weights["concepts"][own["concept"]] * own["weight"] / whole[own["concept"]]
        there = [curves[code, p] for p in pools if (code, p) in curves]
        value = cell.get(code) if there else None
        asked += share * (value is not None or due.get(code, 1) == 1)
        if value is None or not own["weight"]:
            continue
        curve = next((c for c in there if c[0][2] >= weights["least_reference"]), curves.get((code, ("", -1))))
        rank = np.interp(value, [c[0] for c in curve], [c[1] for c in curve])
        total[own["concept"]] = (
            total.get(own["concept"], 0) + 100 * (rank if own["sign"] > 0 else 1 - rank) * own["weight"]
        )
        weight[own["concept"]] = weight.get(own["concept"], 0) + own["weight"]
        known += share
    concepts = {c: total[c] / weight[c] for c in total}
    raw = sum(weights["concepts"][c] * x for c, x in concepts.items()) / sum(weights["concepts"][c] for c in concepts)
    mean = next((means[p] for p in pools if p in means), raw)
    riesgo = (cell["n"] * raw + weights["shrink_k"] * mean) / (cell["n"] + weights["shrink_k"])
    enough = cell["n"] >= weights["least_procedures"] and known >= asked * weights["least_coverage"] - 1e-9
    if enough != (told["riesgo"] is not None):
        sys.exit(f"{cell['unit']}: coverage or number of purchases differ")
    worst = max(worst, abs(riesgo - told["riesgo"]) if enough else 0.0)
sys.stdout.write(f"{len(cells)} cells, largest difference {worst:.1e}\n")
