# SPDX-License-Identifier: Apache-2.0
"""Tendering: the call for bids (convocatoria), with its dates, criteria, lots and panel, and what may befall it.

Law: LAASSP 2000 art. 29 (what a call says), 32-33 (terms, changes), 33 Bis (clarification), 35-III (ruling), 38
(cancellation). The call pins the law and the rulebook that the purchase keeps to its end. A tender is `published`,
may be amended until the 7th day before the opening, suspended and resumed (`process.halt`), and can be `cancelled`
until the ruling.
"""
