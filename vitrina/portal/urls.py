# SPDX-License-Identifier: Apache-2.0
"""Addresses of the public site. They last: an ocid, a key or a ledger number never changes its meaning."""

from django.urls import path

from . import federation_page, log_page, opening_page, purchase_page, questions_page, room_page, views
from .agenda import pages as agenda
from .charts import views as charts
from .funds import direct_pages as direct
from .funds import pages as funds
from .funds import works_pages as works
from .profiles import contract
from .profiles import pages as profiles
from .rooms import asking
from .search import page as search_page

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("buscar", search_page.search, name="search"),
    path("compras/", search_page.moved, name="purchases"),
    path("c/<path:key>/", contract.contract, name="contract"),
    path("p/<str:ocid>/", purchase_page.purchase, name="purchase"),
    path("p/<str:ocid>/apertura/", opening_page.opening, name="opening"),
    path("live/<str:ocid>", room_page.room, name="room"),
    path("p/<str:ocid>/preguntas/", questions_page.questions, name="questions"),
    path("live/<str:ocid>/preguntar", asking.ask, name="ask"),
    path("compradores/", profiles.buyers, name="buyers"),
    path("u/<path:key>/", profiles.unit, name="unit"),
    path("s/<path:key>/", profiles.supplier, name="supplier"),
    path("m/<path:key>/", profiles.market, name="market"),
    path("lugar/", profiles.country, name="country"),
    path("lugar/<path:key>/", profiles.place, name="place"),
    path("grafica/<slug:page>/<path:key>/<slug:figure>/", charts.chart, name="chart"),
    path("recursos/", funds.funds, name="funds"),
    path("recursos/<slug:key>/", funds.acts, name="funds_acts"),
    path("obras/", works.index, name="works"),
    path("obras/<str:contract>/", works.work, name="work"),
    path("adjudicaciones-directas/", direct.index, name="direct"),
    path("calendario/", agenda.calendar, name="calendar"),
    path("actos/", views.acts, name="acts"),
    path("actos/<int:position>/", views.act, name="act"),
    path("registro/", log_page.log, name="log"),
    path("federacion/", federation_page.federation, name="federation"),
]
