# SPDX-License-Identifier: Apache-2.0
"""How production stores the files that browsers fetch: under names that bear their digest, compressed."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Scripts are served to the byte as they were built: whoever wonders compares them with their published digests.

    Django would rewrite the name of a source map in them, and stop where that map is not shipped.
    """

    patterns = tuple(one for one in CompressedManifestStaticFilesStorage.patterns if one[0] != "*.js")
