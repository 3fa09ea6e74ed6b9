"""Addresses of the development pages; included at `/dev/`."""

from django.urls import path

from saas.dev import clock, emails, mail

app_name = "dev"

urlpatterns = [
    path("clock", clock.tick, name="clock"),
    path("mail/", mail.mailbox, name="mailbox"),
    path("mail.json", mail.mailbox_json, name="mailbox-json"),
    path("mail/<str:mail_id>/", mail.mail, name="mail"),
    path("mail/<str:mail_id>/page/", mail.page, name="mail-page"),
    path("emails/", emails.emails, name="emails"),
    path("emails/<path:template>/page/", emails.page, name="email-page"),
    path("emails/<path:template>/", emails.email, name="email"),
]
