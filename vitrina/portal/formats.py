# SPDX-License-Identifier: Apache-2.0
"""Moved to `vitrina/kernel/formats.py` (the stages write sentences with it too): edit it there. This file goes away."""
from vitrina.kernel.formats import *  # noqa: F403
