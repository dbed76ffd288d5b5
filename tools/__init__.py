# SPDX-License-Identifier: Apache-2.0
"""Small programs for building and checking; none is part of the product."""
