# SPDX-License-Identifier: Apache-2.0
"""Addresses without language: feeds, machine twins, files."""

from django.urls import path

from . import downloads, feeds, identity, log_files, opening_bundle, opening_page, questions_page, signatures, sitemap
from .agenda import ics
from .agenda import pages as agenda
from .charts import views as charts
from .funds import direct_pages as direct
from .funds import files as funds
from .funds import works_pages as works
from .search import page as search_page

urlpatterns = [
    path("atom.xml", feeds.everything, {"form": "atom"}, name="atom"),
    path("rss.xml", feeds.everything, {"form": "rss"}, name="rss"),
    path("feed.json", feeds.everything, {"form": "json"}, name="json_feed"),
    path("p/<str:ocid>.json", downloads.purchase_json, name="purchase_json"),
    path("p/<str:ocid>.atom", feeds.of_purchase, {"form": "atom"}, name="purchase_atom"),
    path("p/<str:ocid>.rss", feeds.of_purchase, {"form": "rss"}, name="purchase_rss"),
    path("p/<str:ocid>/feed.json", feeds.of_purchase, {"form": "json"}, name="purchase_json_feed"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap-<str:kind>-<int:number>.xml", sitemap.part, name="sitemap_part"),
    path("robots.txt", sitemap.robots, name="robots"),
    path("p/<str:ocid>/apertura.json", opening_page.opening_json, name="opening_json"),
    path("p/<str:ocid>/preguntas.json", questions_page.questions_json, name="questions_json"),
    path("p/<str:ocid>/preguntas.csv", questions_page.questions_csv, name="questions_csv"),
    path("p/<str:ocid>/auditoria.zip", opening_bundle.bundle, name="opening_bundle"),
    path("p/<str:ocid>/cifrados/<str:sha256>", opening_bundle.ciphertext, name="ciphertext"),
    path("calendario.ics", ics.everything, name="calendar_ics"),
    path("calendario.json", agenda.calendar_json, name="calendar_json"),
    path("calendario.csv", agenda.calendar_csv, name="calendar_csv"),
    path("u/<str:key>.ics", ics.of_unit, name="unit_ics"),
    path("u/<str:key>/colores.css", identity.css, name="unit_css"),
    path("u/<str:key>/logo.png", identity.logo, name="unit_logo"),
    path("p/<str:ocid>.ics", ics.of_purchase, name="purchase_ics"),
    path("recursos.csv", funds.funds_csv, name="funds_csv"),
    path("recursos.json", funds.funds_json, name="funds_json"),
    path("recursos/actos.csv", funds.postings_csv, name="funds_postings_csv"),
    path("obras.csv", works.works_csv, name="works_csv"),
    path("obras.json", works.works_json, name="works_json"),
    path("adjudicaciones-directas.csv", direct.direct_csv, name="direct_csv"),
    path("adjudicaciones-directas.json", direct.direct_json, name="direct_json"),
    path("compras.csv", search_page.moved, {"form": "csv"}, name="purchases_csv"),
    path("actos/<int:position>.pdf", downloads.act_pdf, name="act_pdf"),
    path("actos/<int:position>.json", downloads.act_json, name="act_json"),
    path("actos/<int:position>/firma.json", signatures.evidence, name="act_signature"),
    path("actos/<int:position>/firmado.json", signatures.signed_text, name="act_signed_text"),
    path("grafica/<slug:page>/<path:key>/<slug:figure>.<str:form>", charts.chart_file, name="chart_file"),
    path("oembed", charts.oembed, name="oembed"),
    path("documentos/<str:sha256>", downloads.document, name="document"),
    path("log/checkpoint", log_files.checkpoint, name="log_checkpoint"),
    path("log/checkpoint/<int:size>", log_files.checkpoint_of, name="log_checkpoint_of"),
    path("log/signed/<int:size>", log_files.signed, name="log_signed"),
    path("log/tile/<path:name>", log_files.tile, name="log_tile"),
    path("log/policy", log_files.policy, name="log_policy"),
    path("log/proof/<int:index>", log_files.proof, name="log_proof"),
    path("log/statement/<int:index>", log_files.statement, name="log_statement"),
    path("log/timestamp/<int:size>", log_files.timestamp, name="log_timestamp"),
    path(".well-known/security.txt", downloads.security_txt, name="security_txt"),
]
