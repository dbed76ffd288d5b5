# SPDX-License-Identifier: Apache-2.0
"""Awarding: the ruling (fallo) that awards each lot or declares it deserted, with reasons for every bidder.

Law: LAASSP 2000 arts. 35-III (term from the opening, one extension), 36 Bis (lowest solvent price; ties), 37 (what a
ruling says, to whom), 38 (deserted), 65 (protest). The values come from the rulebook that the purchase keeps.

The ruling is `issued` once, by the approving authority, and follows the ranking of the evaluation: who signs writes
the reasons, not the winner. Each lot has an award, `active` or `unsuccessful`. A lot without a solvent bid is
deserted; when all are, the purchase is over.

Ties at the lowest price: the smaller company first (micro, small, medium), then a draw that anybody can repeat. Its
seed is the digest of the minutes of the opening, which nobody knew when the bids were made. The ticket of a bid is the
SHA-256 of `seed:lot:bid`; the lowest ticket wins. Whoever writes the minutes could try many texts until a ticket
pleases them: the draw is verifiable, not yet proof against that.
"""
