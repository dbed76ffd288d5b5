# SPDX-License-Identifier: Apache-2.0
"""A buyer's own past, brought in from the official files and kept as ledger entries of kind imported, once.

`vitrina.compranet` reads the files; this room appends what was read to the ledger and shows it (`card`).
Why it is a room of its own: `docs/decisions/0004-history-room.md`.
"""
