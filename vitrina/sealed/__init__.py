# SPDX-License-Identifier: Apache-2.0
"""The sealed-bid format `sobre/v1`: pure functions, no Django. Specification: sealed-bids, sections 3 to 9."""
