# SPDX-License-Identifier: Apache-2.0
"""Signatures that count: e.firma of the SAT, or a passkey where the policy lets it. Source: efirma, sections 1 to 5.

`accept` makes a record of what the browser sent, or raises `SigningRefused`; `public_view` is what may be published of
it, `in_words` says it, `reverify` judges it again as of the instant it was received.
"""

from .service import SigningRefused, accept, accept_for, reverify
from .words import in_words, public_view, short

__all__ = ["SigningRefused", "accept", "accept_for", "in_words", "public_view", "reverify", "short"]
