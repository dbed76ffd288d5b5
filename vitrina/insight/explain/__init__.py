# SPDX-License-Identifier: Apache-2.0
"""Why a unit is flagged, clear or not computable, with evidence: the rule and where its parameters come from, the rows
it read and where each stands in the published data, the peers, the innocent readings, and what would change it.

`units` finds the unit and its processes, `places` says which tables and columns an input of a flag is, `rows` reads
them, `peers` and `statutes` add what it was compared with, `card` puts all together, `words` writes it to be read.
"""
