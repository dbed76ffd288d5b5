# SPDX-License-Identifier: Apache-2.0
"""The flow of public funds: budget line, purchase, contract, deliveries, invoices, payments, as a journal of postings.

Every act of the ledger that moves money leaves postings (`postings`); a figure of a page is a sum of them, and so
leads to its acts. Works, direct awards and the history of a supplier, which pages read beside it, live here too.
"""
