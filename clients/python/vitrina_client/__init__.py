# SPDX-License-Identifier: Apache-2.0
"""Read a Vitrina site."""

from . import shapes
from .files import last_position, write_lines
from .site import Vitrina
from .transport import ApiError

__all__ = ["ApiError", "Vitrina", "last_position", "shapes", "write_lines"]
