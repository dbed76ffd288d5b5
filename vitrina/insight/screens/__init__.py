# SPDX-License-Identifier: Apache-2.0
"""Bid-rigging screens: prices of one tender, groups of firms that bid together, hours and documents of bids.

A screen orders tenders for people to read. There is no universal threshold: a value is told as its rank among tenders
of the same market, procedure and number of bidders. A high rank is no proof, and a low one does not mean competition.
Source: design page of the screens. No accuracy is claimed for any country whose bids carry no labels.
"""
