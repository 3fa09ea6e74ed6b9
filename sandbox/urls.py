"""Where everything is: /v1 for the application, /_sandbox for its levers, the rest for people."""

from django.urls import path, re_path

from sandbox.control import basic
from sandbox.pages import checkout, page
from sandbox.protocol.api import v1

urlpatterns = [
    re_path(r"^v1/", v1),
    path("_sandbox/healthz", basic.healthz),
    path("_sandbox/pay", basic.pay),
    path("pay/<str:session_id>", checkout.checkout),
    path("static/<str:name>", page.static),
    path("favicon.ico", page.favicon),
]
handler404 = "sandbox.pages.page.missing"
