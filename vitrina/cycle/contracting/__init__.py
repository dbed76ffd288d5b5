# SPDX-License-Identifier: Apache-2.0
"""Contracting: one contract for each supplier that won, signed by both sides, guaranteed, amended within the cap.

Law: LAASSP 2000 art. 46 (signature within 15 natural days of the ruling), art. 48 (guarantee within 10), art. 52
(amendments), art. 54 (rescission); LAASSP 2025 arts. 74-78 (secondary source; signature in 15 working days). A
contract is a `draft` that fills itself from the ruling, `signed_by_supplier`, then `active` once the buyer signs; it
may be amended while active, and `terminated` before its end. The public reads it whole from the buyer's signature on.
"""
