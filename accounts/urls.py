"""Addresses of a person's own pages; included at the root, after the sign-in's."""

from django.urls import path

from accounts.web import devices, mail, profile, resets, tokens

app_name = "accounts"

urlpatterns = [
    path("account/profile/", profile.profile, name="profile"),
    path("account/notifications/", mail.notifications, name="notifications"),
    path("mail/unsubscribe/<str:token>/", mail.unsubscribe, name="unsubscribe"),
    path("account/second-factor/keep/<str:token>/", resets.object_to_reset, name="object_to_reset"),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/new/", tokens.new_token, name="new_token"),
    path("account/tokens/<int:token>/revoke/", tokens.revoke_token, name="revoke_token"),
    path("account/sessions/", devices.devices, name="devices"),
    path("account/sessions/<int:session>/end/", devices.end, name="end_session"),
]
