# SPDX-License-Identifier: Apache-2.0
"""The only truth: append-only entries, their commit order, and everything that is derived from them.

`append` writes an entry; `sequencer` gives it its place in the public order; `releases` turns it into an OCDS
release; `records` compiles releases; `projections` feeds the tables that pages read; `verify` recomputes it all.
"""
