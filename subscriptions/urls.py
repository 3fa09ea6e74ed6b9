"""Addresses of money's pages; included at the root."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from subscriptions.web import (
    billing,
    buying,
    changing,
    checkout,
    closing,
    details,
    ending,
    following,
    founding,
    renewing,
)

app_name = "subscriptions"

urlpatterns = [
    path("plans/", login_not_required(billing.plans), name="plans"),
    path("terms/", login_not_required(billing.terms), name="terms"),
    path("orgs/new/company/", founding.found, name="found"),
    path("orgs/<str:name>/billing/", billing.billing, name="billing"),
    path("orgs/<str:name>/billing/subscribe/", checkout.subscribe, name="subscribe"),
    path("orgs/<str:name>/billing/checkout/", checkout.checkout, name="checkout"),
    path("orgs/<str:name>/billing/return/", checkout.returned, name="returned"),
    path("orgs/<str:name>/billing/change/", changing.change, name="change"),
    path("orgs/<str:name>/billing/change/confirm/", changing.confirm, name="confirm-change"),
    path("orgs/<str:name>/billing/ceiling/", following.ceiling, name="ceiling"),
    path("orgs/<str:name>/billing/ceiling/fix/", following.fix, name="fix-seats"),
    path("orgs/<str:name>/billing/cancel/", ending.cancel, name="cancel"),
    path("orgs/<str:name>/billing/resume/", ending.go_on, name="resume"),
    path("orgs/<str:name>/billing/why/", ending.why, name="why"),
    path("orgs/<str:name>/billing/buyer/", buying.prepare, name="buyer-link"),
    path("orgs/<str:name>/billing/buyer/take-back/", buying.take_back, name="take-buyer-link-back"),
    path("buy/<str:token>/", buying.buy, name="buy"),
    path("orgs/<str:name>/billing/details/", details.details, name="details"),
    path("orgs/<str:name>/billing/pay/", changing.pay, name="pay"),
    path("orgs/<str:name>/billing/renew/", renewing.renew, name="renew"),
    path("orgs/<str:name>/billing/portal/", billing.portal, name="portal"),
    path("orgs/<str:name>/settings/delete/", closing.delete, name="delete"),
    path("orgs/<str:name>/settings/delete/undo/", closing.undo, name="undo"),
]
