# SPDX-License-Identifier: Apache-2.0
"""Addresses without language: feeds, machine twins, files."""

from django.urls import path

from . import downloads, signatures

urlpatterns = [
    path("atom.xml", downloads.atom, name="atom"),
    path("p/<str:ocid>.json", downloads.purchase_json, name="purchase_json"),
    path("p/<str:ocid>.atom", downloads.purchase_atom, name="purchase_atom"),
    path("compras.csv", downloads.purchases_csv, name="purchases_csv"),
    path("actos/<int:position>.pdf", downloads.act_pdf, name="act_pdf"),
    path("actos/<int:position>.json", downloads.act_json, name="act_json"),
    path("actos/<int:position>/firma.json", signatures.evidence, name="act_signature"),
    path("actos/<int:position>/firmado.json", signatures.signed_text, name="act_signed_text"),
    path("documentos/<str:sha256>", downloads.document, name="document"),
    path(".well-known/security.txt", downloads.security_txt, name="security_txt"),
]
