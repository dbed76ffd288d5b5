# SPDX-License-Identifier: Apache-2.0
"""The search: an index of words, numbers and filters over purchases and contracts. Knows no framework.

`words` reads text, `synonyms` widens it, `entry` is what an index keeps, `folder` keeps it on disk, `wanted` reads
what a person typed, `finding` answers, `national` puts a store of `vitrina.insight` behind it. Engine: Tantivy, see
`docs/decisions/0030-search-engine.md`.
"""
