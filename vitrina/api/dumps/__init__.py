# SPDX-License-Identifier: Apache-2.0
"""Everything public as files: made beforehand, named by their content, renewed by difference.

`folder` keeps files, manifest and former generations; `make` writes what changed; `pages` serves it at `/datos/`.
Only what the feed and the OCDS releases tell goes into a file: `docs/decisions/0034-dumps.md`.
"""
