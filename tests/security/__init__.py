# SPDX-License-Identifier: Apache-2.0
"""Attacks on the running site, one file per area: access, sealed bids, files, the web, load, the record."""
