# SPDX-License-Identifier: Apache-2.0
"""Addresses of picture and sound; they have no language."""

from django.urls import path

from . import views

urlpatterns = [
    path("p/<str:ocid>/emision.json", views.broadcast_json, name="broadcast_json"),
    path("emision/<str:stream>/<str:file>", views.on_air, name="on_air"),
    path("grabaciones/<str:sha256>.mp4", views.recording, name="recording"),
    path("grabaciones/<str:sha256>.capitulos.<str:language>.vtt", views.chapters_vtt, name="chapters_vtt"),
    path("grabaciones/<str:sha256>.subtitulos.vtt", views.captions_vtt, name="captions_vtt"),
]
