"""Money's rows, for operators to look at."""

from django.contrib import admin

from kernel.rows import ToLookAt
from subscriptions.models import (
    CheckoutAttempt,
    Deployment,
    Grant,
    Intent,
    Price,
    StripeCustomer,
    Subscription,
    SyncTarget,
    UnknownCustomer,
)


@admin.register(Subscription)
class SubscriptionRows(ToLookAt):
    """Subscriptions; flags first, since staff comes for those."""

    list_display = (
        "subscription_id", "organization", "status", "plan_key", "quantity", "ends_at",
        "failing_since", "is_doubled", "is_missing", "has_unknown_price",
    )  # fmt: skip
    list_filter = ("is_doubled", "is_missing", "has_unknown_price", "status", "plan_key")
    search_fields = ("subscription_id", "customer_id", "organization__name")
    list_select_related = ("organization",)


@admin.register(CheckoutAttempt)
class CheckoutAttemptRows(ToLookAt):
    """Organizations on their way to paying."""

    list_display = ("organization", "state", "plan_key", "interval", "seats", "begun_at")
    list_filter = ("state",)
    search_fields = ("organization__name", "session_id")
    list_select_related = ("organization",)


@admin.register(Intent)
class IntentRows(ToLookAt):
    """What we mean to do at Stripe."""

    list_display = ("kind", "organization", "state", "tries", "created_at", "error")
    list_filter = ("state", "kind")
    list_select_related = ("organization",)


@admin.register(SyncTarget)
class SyncTargetRows(ToLookAt):
    """What has to be looked at."""

    list_display = ("kind", "object_id", "gen", "done_gen", "due", "attempts", "dead", "error")
    list_filter = ("dead", "kind")
    search_fields = ("object_id",)


@admin.register(Grant)
class GrantRows(ToLookAt):
    """Free use."""

    list_display = ("organization", "kind", "since", "until", "ended_at", "reason")
    list_select_related = ("organization",)


@admin.register(Price)
class PriceRows(ToLookAt):
    """Every price ever pushed."""

    list_display = ("price_id", "plan_key", "interval", "amount", "currency", "is_sold")


@admin.register(StripeCustomer)
class StripeCustomerRows(ToLookAt):
    """Customers of ours."""

    list_display = ("customer_id", "organization", "is_current", "since")
    search_fields = ("customer_id", "organization__name")
    list_select_related = ("organization",)


@admin.register(UnknownCustomer)
class UnknownCustomerRows(ToLookAt):
    """Customers that no organization here has; ownerless ones pay for nothing that we know of."""

    list_display = ("customer_id", "verdict", "seen_at")
    list_filter = ("verdict",)


@admin.register(Deployment)
class DeploymentRows(ToLookAt):
    """Whose database this is."""

    list_display = ("name", "live_mode", "portal_configuration")
