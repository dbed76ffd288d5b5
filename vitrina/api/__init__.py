# SPDX-License-Identifier: Apache-2.0
"""Open data for machines: OCDS records and releases, and the ledger's feed in commit order."""
