"""Addresses of the development pages; included at `/dev/`."""

from django.urls import path

from saas.dev import mail

app_name = "dev"

urlpatterns = [
    path("mail/", mail.mailbox, name="mailbox"),
    path("mail.json", mail.mailbox_json, name="mailbox-json"),
    path("mail/<str:mail_id>/", mail.mail, name="mail"),
    path("mail/<str:mail_id>/page/", mail.page, name="mail-page"),
]
