# SPDX-License-Identifier: Apache-2.0
"""Public site: what everyone sees, derived from the ledger. Also the formats that every page uses."""
