# SPDX-License-Identifier: Apache-2.0
"""Reminders of public acts, by e-mail and webhook: ahead of an act, and when one is announced, moved or called off.

What a person leaves here (an address, and what they follow) is in tables of its own, never in the ledger. It is kept
from the confirmation to the moment they leave, and then deleted.
"""
