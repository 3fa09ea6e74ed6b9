"""Every request that the sandbox answers, and the types its parameters are held against."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.objects import (
    account,
    charges,
    coupons,
    customers,
    disputes,
    endpoints,
    events,
    intents,
    invoice_items,
    invoices,
    payment_methods,
    portal,
    prices,
    products,
    schedules,
    subscriptions,
)
from sandbox.operations import cards, credit_notes, sessions
from sandbox.operations import invoices as invoicing
from sandbox.operations import schedules as scheduling
from sandbox.operations import subscriptions as subscribing
from sandbox.store import Doc

Handler = Callable[..., Doc]
ID = "([^/]+)"


@dataclass(frozen=True, slots=True)
class Route:
    """One request: how it looks, what answers it, and the name of its parameters' type."""

    method: str
    pattern: re.Pattern[str]
    handler: Handler
    params: str


def get(path: str, handler: Handler, params: str) -> Route:
    """A route that reads; "{}" in the path stands for an id."""
    return _route("GET", path, handler, params)


def post(path: str, handler: Handler, params: str) -> Route:
    """A route that does something; "{}" in the path stands for an id."""
    return _route("POST", path, handler, params)


def _route(method: str, path: str, handler: Handler, params: str) -> Route:
    pattern = re.compile(f"^/v1/{path.replace('{}', ID)}$")
    return Route(method, pattern, handler, f"{params}Params")


def noun(
    path: str,
    name: str,
    *,
    listed: Handler | None = None,
    create: Handler | None = None,
    show: Handler | None = None,
    update: Handler | None = None,
    delete: Handler | None = None,
) -> tuple[Route, ...]:
    """The usual requests about one kind of object, as far as they are answered."""
    usual = (
        ("GET", path, listed, "List"),
        ("POST", path, create, "Create"),
        ("GET", path + "/{}", show, "Retrieve"),
        ("POST", path + "/{}", update, "Update"),
        ("DELETE", path + "/{}", delete, "Delete"),
    )
    return tuple(
        _route(method, place, handler, name + verb)
        for method, place, handler, verb in usual
        if handler
    )


CATALOG = (
    *noun(
        "products",
        "Product",
        listed=products.list_all,
        create=products.create,
        show=products.show,
        update=products.update,
    ),
    get("products/{}/features", products.features, "ProductFeatureList"),
    *noun(
        "prices",
        "Price",
        listed=prices.list_all,
        create=prices.create,
        show=prices.show,
        update=prices.update,
    ),
    *noun(
        "coupons",
        "Coupon",
        listed=coupons.list_all,
        create=coupons.create,
        show=coupons.show,
        delete=coupons.delete,
    ),
    *noun(
        "promotion_codes",
        "PromotionCode",
        listed=coupons.list_codes,
        create=coupons.create_code,
        show=coupons.show_code,
    ),
)

PEOPLE = (
    *noun(
        "customers",
        "Customer",
        listed=customers.list_all,
        create=customers.create,
        show=customers.show,
        update=customers.update,
        delete=subscribing.delete_customer,
    ),
    get(
        "customers/{}/balance_transactions",
        customers.balance_transactions,
        "CustomerBalanceTransactionList",
    ),
    get("customers/{}/payment_methods", payment_methods.list_all, "CustomerPaymentMethodList"),
    get(
        "customers/{}/payment_methods/{}",
        payment_methods.show_of_customer,
        "CustomerPaymentMethodRetrieve",
    ),
    get("customers/{}/tax_ids", customers.tax_ids, "CustomerTaxIdList"),
    post("customers/{}/tax_ids", customers.create_tax_id, "CustomerTaxIdCreate"),
    *noun(
        "payment_methods",
        "PaymentMethod",
        listed=payment_methods.list_all,
        create=cards.create,
        show=payment_methods.show,
    ),
    post("payment_methods/{}/attach", cards.attach, "PaymentMethodAttach"),
    post("payment_methods/{}/detach", cards.detach, "PaymentMethodDetach"),
)

PAGES = (
    *noun(
        "checkout/sessions",
        "checkout.Session",
        listed=sessions.list_all,
        create=sessions.create,
        show=sessions.show,
        update=sessions.update,
    ),
    post("checkout/sessions/{}/expire", sessions.expire, "checkout.SessionExpire"),
    get("checkout/sessions/{}/line_items", sessions.line_items, "checkout.SessionLineItemList"),
    *noun(
        "billing_portal/configurations",
        "billing_portal.Configuration",
        listed=portal.list_configurations,
        create=portal.create_configuration,
        show=portal.show_configuration,
        update=portal.update_configuration,
    ),
    post("billing_portal/sessions", portal.create_session, "billing_portal.SessionCreate"),
)

BILLING = (
    *noun(
        "subscriptions",
        "Subscription",
        listed=subscriptions.list_all,
        create=subscribing.create,
        show=subscriptions.show,
        update=subscribing.update,
    ),
    _route("DELETE", "subscriptions/{}", subscribing.cancel, "SubscriptionCancel"),
    post("subscriptions/{}/resume", subscribing.resume, "SubscriptionResume"),
    *noun(
        "subscription_items",
        "SubscriptionItem",
        listed=subscriptions.items,
        show=subscriptions.show_item,
    ),
    *noun(
        "subscription_schedules",
        "SubscriptionSchedule",
        listed=schedules.list_all,
        create=scheduling.create,
        show=schedules.show,
        update=scheduling.update,
    ),
    post("subscription_schedules/{}/cancel", scheduling.cancel, "SubscriptionScheduleCancel"),
    post("subscription_schedules/{}/release", scheduling.release, "SubscriptionScheduleRelease"),
    post("invoices/create_preview", invoicing.preview, "InvoiceCreatePreview"),
    *noun(
        "invoices",
        "Invoice",
        listed=invoices.list_all,
        show=invoices.show,
        update=invoicing.update,
    ),
    get("invoices/{}/lines", invoices.lines, "InvoiceLineItemList"),
    post("invoices/{}/finalize", invoicing.finalize, "InvoiceFinalizeInvoice"),
    post(
        "invoices/{}/mark_uncollectible", invoicing.mark_uncollectible, "InvoiceMarkUncollectible"
    ),
    post("invoices/{}/pay", invoicing.pay, "InvoicePay"),
    post("invoices/{}/void", invoicing.void, "InvoiceVoidInvoice"),
    *noun("invoiceitems", "InvoiceItem", listed=invoice_items.list_all, show=invoice_items.show),
    *noun(
        "invoice_payments",
        "InvoicePayment",
        listed=invoices.list_payments,
        show=invoices.show_payment,
    ),
)

MONEY = (
    *noun(
        "payment_intents",
        "PaymentIntent",
        listed=intents.list_payments,
        show=intents.show_payment,
    ),
    *noun("setup_intents", "SetupIntent", listed=intents.list_setups, show=intents.show_setup),
    *noun("charges", "Charge", listed=charges.list_all, show=charges.show),
    *noun(
        "refunds",
        "Refund",
        listed=charges.list_refunds,
        create=charges.refund,
        show=charges.show_refund,
    ),
    *noun(
        "credit_notes",
        "CreditNote",
        listed=credit_notes.list_all,
        create=credit_notes.create,
        show=credit_notes.show,
    ),
    *noun(
        "disputes",
        "Dispute",
        listed=disputes.list_all,
        show=disputes.show,
        update=disputes.update,
    ),
    post("disputes/{}/close", disputes.close, "DisputeClose"),
    *noun(
        "balance_transactions",
        "BalanceTransaction",
        listed=charges.list_entries,
        show=charges.show_entry,
    ),
)

OPERATION = (
    get("account", account.show, "AccountRetrieveCurrent"),
    get("accounts/{}", account.show, "AccountRetrieve"),
    *noun("events", "Event", listed=events.list_all, show=events.show),
    *noun(
        "webhook_endpoints",
        "WebhookEndpoint",
        listed=endpoints.list_all,
        create=endpoints.create,
        show=endpoints.show,
        update=endpoints.update,
        delete=endpoints.delete,
    ),
)

ROUTES = (*CATALOG, *PEOPLE, *PAGES, *BILLING, *MONEY, *OPERATION)


def match(method: str, path: str) -> tuple[Route, list[str]] | None:
    """The route of a request, and the ids in its path."""
    for one in ROUTES:
        found = one.pattern.match(path) if one.method == method else None
        if found:
            return one, list(found.groups())
    return None
