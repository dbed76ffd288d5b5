# SPDX-License-Identifier: Apache-2.0
"""New releases into a store whose flags are known: only what they touch is judged again.

Two kinds of flags. Those that judge a process by its own release (`Flag.alone`) are exact as soon as a release is in.
Those that compare with others would move a little with every release; they stay as they were until one release in a
thousand is newer (or until asked for), and the answer says how many releases that is.
"""
