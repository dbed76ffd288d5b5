# SPDX-License-Identifier: Apache-2.0
"""Write the reference pages that are read off the code (`make docs`)."""

import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitrina.site.settings.test")
django.setup()

from vitrina.site.reference import write  # noqa: E402 - needs the applications loaded

print("reference pages written:", ", ".join(write(Path("docs/reference"))) or "none, all current")
