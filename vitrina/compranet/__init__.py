# SPDX-License-Identifier: Apache-2.0
"""The official files of CompraNet and ComprasMX as typed records and OCDS fragments. Pure: imports `kernel` alone.

`source` (bytes to rows of cells), `layouts` (which official file is this), `values`, `normalise` and
`procedure_number` (cell to typed value), `build` (row to record), `readers` (file to records, rejected rows and a
summary), `ocds` (record to release fragment). The history room brings the records into the ledger, insight into its
tables: through this code.

    reading = read(path)
    for item in reading:          # ImportedProcedure | ImportedContract | Rejected
        ...
    reading.summary               # rows_in == kept + rejected + duplicates

The files: `docs/reference/compranet-layouts.md`.
"""
