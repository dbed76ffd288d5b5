# SPDX-License-Identifier: Apache-2.0
"""Template library `vitrina`: formats, frame and drawings of the pages. Reference: docs/reference/components.md."""
