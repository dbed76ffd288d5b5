# SPDX-License-Identifier: Apache-2.0
"""Who takes part: buyers with their tree of units, suppliers, people and the offices they hold."""
