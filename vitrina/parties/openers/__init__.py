# SPDX-License-Identifier: Apache-2.0
"""Keys of those who open envelopes: made in their browser, proven before a call may count on them.

Specification: sealed bids, sections 2 and 14. A key is `registered` with its public half, `proven` once its owner has
read a token with the printed recovery sheet, and `retired` when it is lost or its owner leaves. The private half is
kept only as its owner locked it.
"""
