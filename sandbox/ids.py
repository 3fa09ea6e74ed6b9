"""Ids that look like Stripe's, and what kind of object an id names."""

import secrets
import string

ALPHABET = string.ascii_letters + string.digits

PREFIXES = {
    "customer": "cus",
    "product": "prod",
    "price": "price",
    "coupon": "coupon",
    "promotion_code": "promo",
    "discount": "di",
    "tax_id": "txi",
    "payment_method": "pm",
    "setup_intent": "seti",
    "payment_intent": "pi",
    "charge": "ch",
    "balance_transaction": "txn",
    "refund": "re",
    "dispute": "du",
    "credit_note": "cn",
    "credit_note_line_item": "cnli",
    "invoice": "in",
    "line_item": "il",
    "invoiceitem": "ii",
    "invoice_payment": "inpay",
    "subscription": "sub",
    "subscription_item": "si",
    "subscription_schedule": "sub_sched",
    "checkout.session": "cs_test",
    "item": "li",
    "billing_portal.configuration": "bpc",
    "billing_portal.session": "bps",
    "event": "evt",
    "webhook_endpoint": "we",
    "account": "acct",
    "customer_balance_transaction": "cbtxn",
}
KINDS = {prefix: kind for kind, prefix in PREFIXES.items()}


def new_id(kind: str) -> str:
    """A fresh id of this kind."""
    return f"{PREFIXES[kind]}_{random_text(24)}"


def random_text(length: int) -> str:
    """Letters and digits nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def kind_of(object_id: str) -> str | None:
    """The kind an id's prefix names, or None when the prefix is not one of ours."""
    head, _, _ = object_id.rpartition("_")
    return KINDS.get(head)
