# SPDX-License-Identifier: Apache-2.0
"""Reverse auction (ofertas subsecuentes de descuento): solvent bidders of a lot lower their offers, in public.

Law: LAASSP 2000 art. 28 and LAASSP 2025 allow the modality and give no number: steps, lengths and extensions are
proposals of ours, rows of the rulebook (`auction.profile.*`).

The rules are pure: no Django, no clock, no database, no binary fractions. An auction is the fold of its acts (`room`);
`engine` says which act follows; `rules.replay` runs a recorded auction of another country; `verifying` recomputes one
of ours from the public ledger. Around them stand the files of every stage.

scheduled -> warmup -> running <-> paused -> closed -> revealed -> certified; never held (`skipped`) with fewer bidders
than the profile asks for; `voided` only by a reasoned act. The ruling waits for the auctions that the call announced.
"""
