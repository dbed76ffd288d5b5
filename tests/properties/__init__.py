# SPDX-License-Identifier: Apache-2.0
"""What holds for any purchase, whatever is tried on it."""
