"""The one account of this sandbox."""

from typing import TYPE_CHECKING

from sandbox.protocol.refusals import missing
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

ACCOUNT_ID = "acct_sandbox00000000"
ACCOUNT_NAME = "Chapterhouse Sandbox"


def show(_turn: "Turn", _params: Doc, account_id: str = ACCOUNT_ID) -> Doc:
    """The account, by its own door or by its id."""
    if account_id != ACCOUNT_ID:
        raise missing("account", account_id)
    return {
        "id": ACCOUNT_ID,
        "object": "account",
        "business_profile": {"name": ACCOUNT_NAME, "support_email": None, "url": None},
        "business_type": "company",
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "country": "US",
        "created": 1767225600,
        "default_currency": "usd",
        "details_submitted": True,
        "email": "billing@sandbox.example",
        "metadata": {},
        "payouts_enabled": True,
        "settings": {
            "branding": {
                "icon": None,
                "logo": None,
                "primary_color": None,
                "secondary_color": None,
            },
            "card_payments": {
                "decline_on": {"avs_failure": False, "cvc_failure": True},
                "statement_descriptor_prefix": None,
                "statement_descriptor_prefix_kana": None,
                "statement_descriptor_prefix_kanji": None,
            },
            "dashboard": {"display_name": ACCOUNT_NAME, "timezone": "Etc/UTC"},
            "payments": {
                "statement_descriptor": "SANDBOX",
                "statement_descriptor_kana": None,
                "statement_descriptor_kanji": None,
            },
        },
        "type": "standard",
    }
