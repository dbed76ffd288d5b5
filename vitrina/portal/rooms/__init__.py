# SPDX-License-Identifier: Apache-2.0
"""Rooms: one page for each purchase, `/live/<ocid>`, that shows the act that goes on, or the next, or the last."""
