# SPDX-License-Identifier: Apache-2.0
"""A synthetic national history: purchases of a country that looks like Mexico's, with planted and labelled cases.

Nothing in it happened and nobody in it exists. Every release, table and folder says so. The same seed gives the same
bytes. It is for measuring what the flags and screens find and miss, and how fast; it says nothing of any real country.
"""
