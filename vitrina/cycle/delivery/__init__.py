# SPDX-License-Identifier: Apache-2.0
"""Delivery: receipts at each place, accepted or rejected, with the penalty of what came late.

Law: LAASSP 2025 art. 72 (goods accepted or rejected within 10 working days), arts. 75-76 (penalties on the late part
only, at most the performance guarantee; secondary source); LAASSP 2000 art. 53 (from memory). A receipt is `received`
when the goods arrive and are counted, then `accepted` or `rejected`. Rejected goods are still due.
"""
