# SPDX-License-Identifier: Apache-2.0
"""The demo's settings without the demo: starts in seconds, for tests of starting and stopping."""

from vitrina.site.settings.demo import *

VITRINA_DEMO = False
