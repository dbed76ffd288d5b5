# SPDX-License-Identifier: Apache-2.0
"""Bidding: suppliers hand in, replace and withdraw bids until the instant of the opening; nobody reads them before.

Law: LAASSP 2000 arts. 26 Bis, 34 (bids in a closed envelope, sent by electronic means until the hour of the opening).
A bid is `received`, then `replaced` or `withdrawn` by its supplier, or `opened` in the act; a late one is `refused`,
and its supplier keeps a receipt that shows both instants.

Nothing here is public before the opening, not even how many bids there are. The contents lie in one table, which only
`envelope.py` reads and writes. The ledger holds a blinded entry in a stream of each bid's own: the numbers of the
purchase's stream have no gap that would tell. The stage and the row of the purchase do not change.
"""
