# SPDX-License-Identifier: Apache-2.0
"""Addresses of the files of everything public: they have no language. The page beside them has two."""

from django.urls import path

from . import pages

urlpatterns = [
    path("archivos/<str:name>", pages.file, name="dump_file"),
    *(path(name, pages.described, {"name": name}, name="dump_described") for name in pages.DESCRIBED),
    path("<str:name>", pages.newest, name="dump_newest"),
]
