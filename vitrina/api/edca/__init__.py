# SPDX-License-Identifier: Apache-2.0
"""The harvest shape of INAI's open contracting: fiscal years, and every release package of one.

A harvester written for that shape collects this installation unchanged. Nothing here needs a key.
"""
