# SPDX-License-Identifier: Apache-2.0
"""The public site: every page is read from projections of the ledger, never from the stages' own tables."""
