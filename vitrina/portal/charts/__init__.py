# SPDX-License-Identifier: Apache-2.0
"""Charts of the public pages: drawn on the server, with their table, their data, and an address that lasts.

A page builds `Chart`s (`chart.py`), says in `sources.py` which of its charts there are, and shows one with
`{% load charts %}{% chart one %}`. From (page kind, key, name) come for ever: the page for frames, the SVG, CSV and
JSON, and the answer of `/oembed`. How to: docs/how-to/embed-a-chart.md.
"""
