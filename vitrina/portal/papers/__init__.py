# SPDX-License-Identifier: Apache-2.0
"""Acts on paper: letter-size PDFs made from the same ledger entries as the releases, the same bytes each time."""
