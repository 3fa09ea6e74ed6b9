"""Where Stripe calls."""

from django.urls import path

from webhooks.receiver import receive

app_name = "webhooks"
urlpatterns = [path("webhooks/stripe/", receive, name="stripe")]
