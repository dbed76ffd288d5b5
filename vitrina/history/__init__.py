# SPDX-License-Identifier: Apache-2.0
"""A buyer's own past, brought in from the official files and kept as ledger entries of kind imported.

The room has two halves. The readers are pure: `source` (bytes to rows of cells), `layouts` (which official file
is this), `values`, `normalise` and `procedure_number` (cell to typed value), `build` (row to record), `readers`
(file to records, rejected rows and a summary), `ocds` and `card` (record to release fragment and to portal card).
They import nothing of ours but `kernel`, so analytics reads the same files through the same code.
The other half is Django: it appends what was read to the ledger, once.

    reading = read(path)
    for item in reading:          # ImportedProcedure | ImportedContract | Rejected
        ...
    reading.summary               # rows_in == kept + rejected + duplicates

Why it is a room of its own: `docs/decisions/0004-history-room.md`. The files: `docs/reference/compranet-layouts.md`.
"""
