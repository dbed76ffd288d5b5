# SPDX-License-Identifier: Apache-2.0
"""The story of the demonstration is the world of the tests."""

from vitrina.site.demo.people import *  # noqa: F403
from vitrina.site.demo.story.planning import *  # noqa: F403
