# SPDX-License-Identifier: Apache-2.0
"""Bidding: suppliers hand in, replace and withdraw sealed bids until the instant of the opening; nobody reads them.

Law: LAASSP 2000 arts. 26 Bis, 34 (bids in a closed envelope, sent by electronic means until the hour of the opening).
Specification: sealed bids (`sobre/v1`). What a supplier signs is fixed by its digest `c`; the ledger and the public
log hold that digest and a month, nothing else, in a stream of each envelope's own. Withdrawals, shares dealt anew and
decoys look the same.

The server checks manifest and signature as they arrive and keeps them locked to the openers ("custody"): before the
act not even the list of bidders can be read. `reception.closed` is the deadline: what the log holds before that entry
is on time, what it holds after is late. What became of each envelope is computed in the act, from the objects
themselves in the order of the log: `live`, `superseded`, `withdrawn`, `late`; `kept_closed` where the purchase was
cancelled before its bids were opened.
"""
