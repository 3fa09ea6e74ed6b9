"""Addresses of a person's own pages; included at the root, after the sign-in's."""

from django.urls import path

from accounts.web import devices, profile, tokens

app_name = "accounts"

urlpatterns = [
    path("account/profile/", profile.profile, name="profile"),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/new/", tokens.new_token, name="new_token"),
    path("account/tokens/<int:token>/revoke/", tokens.revoke_token, name="revoke_token"),
    path("account/sessions/<int:session>/end/", devices.end, name="end_session"),
]
