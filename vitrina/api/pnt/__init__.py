# SPDX-License-Identifier: Apache-2.0
"""Formats 43335 and 43336 of the national transparency platform: the results of purchases, to be loaded there.

`data/` holds the fields of each format; `facts` says what a purchase knows; `export` puts one into the other.
"""
