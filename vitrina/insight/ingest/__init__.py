# SPDX-License-Identifier: Apache-2.0
"""Data into a store: OCDS releases, records and packages, and the layouts of CompraNet.

`run.ingest` reads sources and saves the store; a format is a reader that yields batches (`batch.Batch`). A bad record
goes to quarantine and the run goes on: records in = stored + quarantined + duplicates + merged into another.
"""
