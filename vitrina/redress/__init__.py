# SPDX-License-Identifier: Apache-2.0
"""What follows when the law was broken. Now: sanctions of suppliers, published once they are firm, as dated events.

A sanction is of the authority that ordered it; this installation publishes it and serves it to the national digital
platform (S3). Protests will have their place here.
"""
