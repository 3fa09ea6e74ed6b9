"""Where everything is: /v1 for the application, /_sandbox for its levers, the rest for people."""

from django.urls import path, re_path

from sandbox.control import clock, mail, people, trouble
from sandbox.pages import checkout, dashboard, invoice, page, portal
from sandbox.protocol.api import v1

urlpatterns = [
    re_path(r"^v1/", v1),
    path("_sandbox/healthz", clock.healthz),
    path("_sandbox/reset", clock.reset),
    path("_sandbox/clock", clock.clock),
    path("_sandbox/dunning", clock.dunning),
    path("_sandbox/deliveries", mail.all_of_them),
    path("_sandbox/deliveries/drain", mail.drain),
    path("_sandbox/deliveries/<str:delivery_id>/send", mail.send),
    path("_sandbox/endpoints/rotate", mail.rotate),
    path("_sandbox/pay", people.pay),
    path("_sandbox/invoices/pay", people.pay_hosted_invoice),
    path("_sandbox/portal/cancel", people.portal_cancel),
    path("_sandbox/portal/resume", people.portal_resume),
    path("_sandbox/portal/card", people.portal_card),
    path("_sandbox/dashboard/subscriptions", people.subscribe),
    path("_sandbox/dashboard/customers/delete", people.delete),
    path("_sandbox/disputes", trouble.dispute),
    path("_sandbox/refunds", trouble.refunds),
    path("_sandbox/decline_next", trouble.decline_next),
    path("_sandbox/faults", trouble.fault_plan),
    path("_sandbox/idempotency/forget", trouble.forget_keys),
    path("_sandbox/ledger", trouble.ledger),
    path("_sandbox/objects/<str:kind>/<str:object_id>", trouble.one_object),
    path("", dashboard.dashboard),
    path("dashboard/<str:deed>", dashboard.act),
    path("pay/<str:session_id>", checkout.checkout),
    path("portal/<str:session_id>", portal.portal),
    path("invoice/<str:invoice_id>", invoice.invoice),
    path("static/<str:name>", page.static),
    path("favicon.ico", page.favicon),
]
handler404 = "sandbox.pages.page.missing"
handler500 = "sandbox.pages.page.broken"
