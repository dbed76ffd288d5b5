# SPDX-License-Identifier: Apache-2.0
"""Django as a WSGI application: every page and every write."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitrina.site.settings.demo")

application = get_wsgi_application()
