# SPDX-License-Identifier: Apache-2.0
"""One purchase told stage by stage, through the commands that people use: the demonstration and the tests run it."""
