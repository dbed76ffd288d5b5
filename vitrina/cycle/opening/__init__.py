# SPDX-License-Identifier: Apache-2.0
"""Opening: the act in which every envelope is opened in public, each price is read out, and the minutes close.

Law: LAASSP 2000 arts. 34 and 35 (opening of bids: at the hour of the call, in public, with minutes). The act is
`started` at or after that hour, and then tells the reference price of the market research; those who attend sign in;
once `bids_opened` every price is public; `closed` with the minutes. No bid is a possible end: the act is held and
closed all the same, and the ruling declares the lots deserted.

Who sent an envelope is owed to the public log whatever becomes of the purchase: openers give their first key after its
end too (`opening.give_shares`). In a purchase that was cancelled before its bids were opened nothing else is given.
"""
