# SPDX-License-Identifier: Apache-2.0
"""The story of the demonstration is the world of the tests."""

from vitrina.site.demo.story.evaluation import *  # noqa: F403
