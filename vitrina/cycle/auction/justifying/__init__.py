# SPDX-License-Identifier: Apache-2.0
"""A price that the rules mark as abnormally low: its bidder is asked why, answers, and the evaluators decide.

Law: no Mexican norm with a number was found; shares and term are proposals of ours in the rulebook (`low_mean_share`
and `low_next_share` of `auction.low_price`, `term.low_price_answer.max`, `auction.low_price.answer_public`).

requested -> given | lapsed -> accepted | rejected. The request follows the certificate by itself, so nobody can forget
it; the ruling waits for the decision. Who answered nothing is not rejected for it: that is said, and the evaluators
decide. A rejected price goes out with its reasons, and the one ranking function says who is first without it; if that
price is marked too, its bidder is asked in turn. Whether a mark deserves rejection no number says.

`bodies`, `award` and `checks` are pure and serve the verifier.
"""
