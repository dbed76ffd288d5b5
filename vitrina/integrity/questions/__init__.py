# SPDX-License-Identifier: Apache-2.0
"""Questions of the public to the social witness of a purchase, and the answers; all of it in the ledger.

They have a stream of their own, `asked:<ocid>`: whoever asks never waits for, nor delays, an act of the purchase.
Nothing is dropped. Internal control may hide a question from the room, by one of the published `rules`, never the
witness who is asked nor the buyer; its place, the reason and its text in the ledger remain.
"""
