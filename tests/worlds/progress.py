# SPDX-License-Identifier: Apache-2.0
"""The story of the demonstration is the world of the tests."""

from vitrina.site.demo.story.progress import *  # noqa: F403
