"""Every request that the sandbox answers, and the types its parameters are held against."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.objects import (
    account,
    charges,
    coupons,
    customers,
    endpoints,
    events,
    intents,
    invoice_items,
    invoices,
    payment_methods,
    portal,
    prices,
    products,
    subscriptions,
)
from sandbox.operations import cards, sessions
from sandbox.operations import invoices as invoicing
from sandbox.operations import subscriptions as subscribing
from sandbox.store import Doc

Handler = Callable[..., Doc]


@dataclass(frozen=True, slots=True)
class Route:
    """One request: how it looks, what answers it, and the name of its parameters' type."""

    method: str
    path: str
    handler: Handler
    params: str | None
    pattern: re.Pattern[str]


def route(method: str, path: str, handler: Handler, params: str | None = None) -> Route:
    """A route; "{}" in the path stands for an id."""
    pattern = re.compile("^" + path.replace("{}", "([^/]+)") + "$")
    return Route(method, path, handler, params, pattern)


ROUTES = (
    route("GET", "/v1/account", account.show, "AccountRetrieveCurrentParams"),
    route("GET", "/v1/accounts/{}", account.show, "AccountRetrieveParams"),
    route("GET", "/v1/balance_transactions", charges.list_entries, "BalanceTransactionListParams"),
    route("GET", "/v1/balance_transactions/{}", charges.show_entry, "BalanceTransactionRetrieveParams"),
    route("GET", "/v1/billing_portal/configurations", portal.list_configurations, "billing_portal.ConfigurationListParams"),
    route("POST", "/v1/billing_portal/configurations", portal.create_configuration, "billing_portal.ConfigurationCreateParams"),
    route("GET", "/v1/billing_portal/configurations/{}", portal.show_configuration, "billing_portal.ConfigurationRetrieveParams"),
    route("POST", "/v1/billing_portal/configurations/{}", portal.update_configuration, "billing_portal.ConfigurationUpdateParams"),
    route("POST", "/v1/billing_portal/sessions", portal.create_session, "billing_portal.SessionCreateParams"),
    route("GET", "/v1/charges", charges.list_all, "ChargeListParams"),
    route("GET", "/v1/charges/{}", charges.show, "ChargeRetrieveParams"),
    route("GET", "/v1/checkout/sessions", sessions.list_all, "checkout.SessionListParams"),
    route("POST", "/v1/checkout/sessions", sessions.create, "checkout.SessionCreateParams"),
    route("GET", "/v1/checkout/sessions/{}", sessions.show, "checkout.SessionRetrieveParams"),
    route("POST", "/v1/checkout/sessions/{}", sessions.update, "checkout.SessionUpdateParams"),
    route("POST", "/v1/checkout/sessions/{}/expire", sessions.expire, "checkout.SessionExpireParams"),
    route("GET", "/v1/checkout/sessions/{}/line_items", sessions.line_items, "checkout.SessionLineItemListParams"),
    route("GET", "/v1/coupons", coupons.list_all, "CouponListParams"),
    route("POST", "/v1/coupons", coupons.create, "CouponCreateParams"),
    route("GET", "/v1/coupons/{}", coupons.show, "CouponRetrieveParams"),
    route("DELETE", "/v1/coupons/{}", coupons.delete, "CouponDeleteParams"),
    route("GET", "/v1/customers", customers.list_all, "CustomerListParams"),
    route("POST", "/v1/customers", customers.create, "CustomerCreateParams"),
    route("GET", "/v1/customers/{}", customers.show, "CustomerRetrieveParams"),
    route("POST", "/v1/customers/{}", customers.update, "CustomerUpdateParams"),
    route("DELETE", "/v1/customers/{}", subscribing.delete_customer, "CustomerDeleteParams"),
    route("GET", "/v1/customers/{}/balance_transactions", customers.balance_transactions, "CustomerBalanceTransactionListParams"),
    route("GET", "/v1/customers/{}/payment_methods", payment_methods.list_all, "CustomerPaymentMethodListParams"),
    route("GET", "/v1/customers/{}/payment_methods/{}", payment_methods.show_of_customer, "CustomerPaymentMethodRetrieveParams"),
    route("GET", "/v1/customers/{}/tax_ids", customers.tax_ids, "CustomerTaxIdListParams"),
    route("POST", "/v1/customers/{}/tax_ids", customers.create_tax_id, "CustomerTaxIdCreateParams"),
    route("GET", "/v1/events", events.list_all, "EventListParams"),
    route("GET", "/v1/events/{}", events.show, "EventRetrieveParams"),
    route("GET", "/v1/invoice_payments", invoices.list_payments, "InvoicePaymentListParams"),
    route("GET", "/v1/invoice_payments/{}", invoices.show_payment, "InvoicePaymentRetrieveParams"),
    route("GET", "/v1/invoiceitems", invoice_items.list_all, "InvoiceItemListParams"),
    route("GET", "/v1/invoiceitems/{}", invoice_items.show, "InvoiceItemRetrieveParams"),
    route("GET", "/v1/invoices", invoices.list_all, "InvoiceListParams"),
    route("POST", "/v1/invoices/create_preview", invoicing.preview, "InvoiceCreatePreviewParams"),
    route("GET", "/v1/invoices/{}", invoices.show, "InvoiceRetrieveParams"),
    route("POST", "/v1/invoices/{}", invoicing.update, "InvoiceUpdateParams"),
    route("POST", "/v1/invoices/{}/finalize", invoicing.finalize, "InvoiceFinalizeInvoiceParams"),
    route("POST", "/v1/invoices/{}/mark_uncollectible", invoicing.mark_uncollectible, "InvoiceMarkUncollectibleParams"),
    route("POST", "/v1/invoices/{}/pay", invoicing.pay, "InvoicePayParams"),
    route("POST", "/v1/invoices/{}/void", invoicing.void, "InvoiceVoidInvoiceParams"),
    route("GET", "/v1/invoices/{}/lines", invoices.lines, "InvoiceLineItemListParams"),
    route("GET", "/v1/payment_intents", intents.list_payments, "PaymentIntentListParams"),
    route("GET", "/v1/payment_intents/{}", intents.show_payment, "PaymentIntentRetrieveParams"),
    route("GET", "/v1/payment_methods", payment_methods.list_all, "PaymentMethodListParams"),
    route("POST", "/v1/payment_methods", cards.create, "PaymentMethodCreateParams"),
    route("GET", "/v1/payment_methods/{}", payment_methods.show, "PaymentMethodRetrieveParams"),
    route("POST", "/v1/payment_methods/{}/attach", cards.attach, "PaymentMethodAttachParams"),
    route("POST", "/v1/payment_methods/{}/detach", cards.detach, "PaymentMethodDetachParams"),
    route("GET", "/v1/prices", prices.list_all, "PriceListParams"),
    route("POST", "/v1/prices", prices.create, "PriceCreateParams"),
    route("GET", "/v1/prices/{}", prices.show, "PriceRetrieveParams"),
    route("POST", "/v1/prices/{}", prices.update, "PriceUpdateParams"),
    route("GET", "/v1/products", products.list_all, "ProductListParams"),
    route("POST", "/v1/products", products.create, "ProductCreateParams"),
    route("GET", "/v1/products/{}", products.show, "ProductRetrieveParams"),
    route("POST", "/v1/products/{}", products.update, "ProductUpdateParams"),
    route("GET", "/v1/products/{}/features", products.features, "ProductFeatureListParams"),
    route("GET", "/v1/promotion_codes", coupons.list_codes, "PromotionCodeListParams"),
    route("POST", "/v1/promotion_codes", coupons.create_code, "PromotionCodeCreateParams"),
    route("GET", "/v1/promotion_codes/{}", coupons.show_code, "PromotionCodeRetrieveParams"),
    route("GET", "/v1/refunds", charges.list_refunds, "RefundListParams"),
    route("POST", "/v1/refunds", charges.refund, "RefundCreateParams"),
    route("GET", "/v1/refunds/{}", charges.show_refund, "RefundRetrieveParams"),
    route("GET", "/v1/setup_intents", intents.list_setups, "SetupIntentListParams"),
    route("GET", "/v1/setup_intents/{}", intents.show_setup, "SetupIntentRetrieveParams"),
    route("GET", "/v1/subscription_items", subscriptions.items, "SubscriptionItemListParams"),
    route("GET", "/v1/subscription_items/{}", subscriptions.show_item, "SubscriptionItemRetrieveParams"),
    route("GET", "/v1/subscriptions", subscriptions.list_all, "SubscriptionListParams"),
    route("POST", "/v1/subscriptions", subscribing.create, "SubscriptionCreateParams"),
    route("GET", "/v1/subscriptions/{}", subscriptions.show, "SubscriptionRetrieveParams"),
    route("POST", "/v1/subscriptions/{}", subscribing.update, "SubscriptionUpdateParams"),
    route("DELETE", "/v1/subscriptions/{}", subscribing.cancel, "SubscriptionCancelParams"),
    route("POST", "/v1/subscriptions/{}/resume", subscribing.resume, "SubscriptionResumeParams"),
    route("GET", "/v1/webhook_endpoints", endpoints.list_all, "WebhookEndpointListParams"),
    route("POST", "/v1/webhook_endpoints", endpoints.create, "WebhookEndpointCreateParams"),
    route("GET", "/v1/webhook_endpoints/{}", endpoints.show, "WebhookEndpointRetrieveParams"),
    route("POST", "/v1/webhook_endpoints/{}", endpoints.update, "WebhookEndpointUpdateParams"),
    route("DELETE", "/v1/webhook_endpoints/{}", endpoints.delete, "WebhookEndpointDeleteParams"),
)  # fmt: skip


def match(method: str, path: str) -> tuple[Route, list[str]] | None:
    """The route of a request, and the ids in its path."""
    for one in ROUTES:
        found = one.pattern.match(path) if one.method == method else None
        if found:
            return one, list(found.groups())
    return None
