# SPDX-License-Identifier: Apache-2.0
"""Integrity: those who watch over purchases from outside, and what they are asked and say."""
