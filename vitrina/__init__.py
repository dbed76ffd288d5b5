# SPDX-License-Identifier: Apache-2.0
"""Vitrina: public purchasing under glass.

The rooms, ground floor first: `kernel`, `law`, `ledger`, `parties`, `cycle`, `history`, then the faces
`portal`, `desk`, `live`, `api`, and the wiring in `site`. `docs/explanation/house.md` says why.
"""

__version__ = "0.1.0"
