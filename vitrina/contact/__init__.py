# SPDX-License-Identifier: Apache-2.0
"""Letters of the public: a datum to be corrected, a complaint, a question; and what an institution answers.

Nobody needs an account. What is written is private: it stands in a table of its own, internal control of the
institution reads it, and the ledger holds only that it came, of which kind, and digests. Whoever wrote reads the
answer with the folio and the word of the receipt. This is not the anonymous channel, and the form says so.
"""
