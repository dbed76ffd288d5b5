# SPDX-License-Identifier: Apache-2.0
"""Red flags: one file each, named after its code. `declare` is their shape, `registry` finds, `run` computes them.

Catalogue: Open Contracting Partnership, red flags R001 to R073. Only the eleven that Cardinal computes have a
published rule; the others are Vitrina's own definitions and say so.
"""
