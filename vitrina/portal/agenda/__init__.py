# SPDX-License-Identifier: Apache-2.0
"""The calendar of public acts: meetings, openings, auctions, rulings, signatures, as the ledger foresees them."""
