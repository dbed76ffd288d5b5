# SPDX-License-Identifier: Apache-2.0
"""Planted cases and their honest look-alikes. Each claims purchases of the background and changes them."""
