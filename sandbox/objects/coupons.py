"""Coupons, promotion codes, and the discounts that come of them."""

from typing import TYPE_CHECKING

from sandbox.billing.periods import add_months
from sandbox.ids import random_text
from sandbox.objects.fields import merged_metadata
from sandbox.protocol.lists import Query
from sandbox.protocol.refusals import invalid, malformed
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn


def create(turn: "Turn", params: Doc) -> Doc:
    """A coupon: a part, or a fixed amount, off."""
    if ("percent_off" in params) == ("amount_off" in params):
        raise malformed("Pass exactly one of percent_off and amount_off.", "percent_off")
    if "amount_off" in params and "currency" not in params:
        raise malformed("Missing required param: currency.", "currency", "parameter_missing")
    fields = {
        "id": params.get("id") or random_text(8),
        "amount_off": params.get("amount_off"),
        "created": turn.now,
        "currency": params.get("currency"),
        "duration": params.get("duration", "once"),
        "duration_in_months": params.get("duration_in_months"),
        "livemode": False,
        "max_redemptions": params.get("max_redemptions"),
        "metadata": merged_metadata(None, params.get("metadata")),
        "name": params.get("name"),
        "percent_off": params.get("percent_off"),
        "redeem_by": params.get("redeem_by"),
        "times_redeemed": 0,
        "valid": True,
        "_products": params.get("applies_to", {}).get("products", []),
    }
    return turn.create("coupon", fields, "coupon.created")


def show(turn: "Turn", _params: Doc, coupon_id: str) -> Doc:
    """The coupon."""
    return turn.find("coupon", coupon_id)


def delete(turn: "Turn", _params: Doc, coupon_id: str) -> Doc:
    """No new redemptions; discounts already given stay."""
    coupon = turn.find("coupon", coupon_id)
    coupon["valid"] = False
    turn.save(coupon)
    turn.tell("coupon.deleted", coupon)
    return {"id": coupon_id, "object": "coupon", "deleted": True}


def list_all(turn: "Turn", params: Doc) -> Doc:
    """Every coupon."""
    return Query("coupon").page(turn, params, "/v1/coupons")


def create_code(turn: "Turn", params: Doc) -> Doc:
    """A word that people can type for a coupon."""
    coupon = turn.find("coupon", params["promotion"]["coupon"], "promotion[coupon]")
    code = params.get("code") or random_text(8).upper()
    if by_code(turn, code):
        raise invalid("An active promotion code with this code already exists.", "code")
    restrictions = params.get("restrictions", {})
    fields = {
        "active": params.get("active", True),
        "code": code,
        "created": turn.now,
        "customer": params.get("customer"),
        "expires_at": params.get("expires_at"),
        "livemode": False,
        "max_redemptions": params.get("max_redemptions"),
        "metadata": merged_metadata(None, params.get("metadata")),
        "promotion": {"coupon": coupon["id"], "type": "coupon"},
        "restrictions": {
            "first_time_transaction": restrictions.get("first_time_transaction", False),
            "minimum_amount": restrictions.get("minimum_amount"),
            "minimum_amount_currency": restrictions.get("minimum_amount_currency"),
        },
        "times_redeemed": 0,
    }
    return turn.create("promotion_code", fields, "promotion_code.created")


def show_code(turn: "Turn", _params: Doc, code_id: str) -> Doc:
    """The promotion code."""
    return turn.find("promotion_code", code_id)


def list_codes(turn: "Turn", params: Doc) -> Doc:
    """Promotion codes, by word, coupon or availability."""
    query = Query("promotion_code").where("code", params.get("code"))
    query.where("active", params.get("active")).where("promotion.coupon", params.get("coupon"))
    return query.page(turn, params, "/v1/promotion_codes")


def by_code(turn: "Turn", word: str) -> Doc | None:
    """The usable promotion code someone typed; case does not matter."""
    for found in turn.all("promotion_code"):
        used_up = found["max_redemptions"] is not None
        used_up = used_up and found["times_redeemed"] >= found["max_redemptions"]
        late = found["expires_at"] is not None and found["expires_at"] <= turn.now
        if found["code"].lower() == word.strip().lower() and found["active"]:
            return None if used_up or late else found
    return None


def give(
    turn: "Turn", coupon_id: str, *, customer: str, subscription: str, code: str | None
) -> Doc:
    """A discount on a subscription."""
    coupon = turn.find("coupon", coupon_id, "coupon")
    if not coupon["valid"]:
        raise invalid("This coupon can no longer be redeemed.", "coupon", "coupon_expired")
    coupon["times_redeemed"] += 1
    turn.save(coupon)
    if code:
        used = turn.find("promotion_code", code)
        used["times_redeemed"] += 1
        turn.save(used)
    end = None
    if coupon["duration"] == "repeating":
        end = add_months(turn.now, coupon["duration_in_months"])
    fields = {
        "checkout_session": None,
        "customer": customer,
        "end": end,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": code,
        "source": {"coupon": coupon["id"], "type": "coupon"},
        "start": turn.now,
        "subscription": subscription,
        "subscription_item": None,
        "_used": False,
    }
    discount = turn.create("discount", fields)
    turn.tell("customer.discount.created", discount)
    return discount


def redeem(turn: "Turn", subscription: Doc, asked: list[Doc]) -> list[str]:
    """The ids of the discounts asked for: held ones stay, coupons and codes are redeemed."""
    kept: list[str] = []
    for one in asked:
        if one.get("discount"):
            kept.append(turn.find("discount", one["discount"], "discounts")["id"])
            continue
        code = one.get("promotion_code")
        promotion = turn.find("promotion_code", code, "discounts") if code else None
        coupon = promotion["promotion"]["coupon"] if promotion else one["coupon"]
        given = give(
            turn,
            coupon,
            customer=subscription["customer"],
            subscription=subscription["id"],
            code=code,
        )
        kept.append(given["id"])
    return kept


def running(turn: "Turn", discount_ids: list[str]) -> list[Doc]:
    """The discounts that count for an invoice made now."""
    found = [turn.find("discount", one) for one in discount_ids]
    return [d for d in found if (d["end"] is None or turn.now < d["end"]) and not d["_used"]]


def amount_off(turn: "Turn", discount: Doc, amount: int) -> int:
    """What a discount takes off an amount; a fixed one never more than there is."""
    return amount_by(turn.find("coupon", discount["source"]["coupon"]), amount)


def amount_by(coupon: Doc, amount: int) -> int:
    """What a coupon takes off an amount; halves are rounded away from zero."""
    if coupon["percent_off"] is not None:
        share = round(coupon["percent_off"] * 100)
        cut = (abs(amount) * share + 5000) // 10000
        return int(cut if amount >= 0 else -cut)
    return min(int(coupon["amount_off"]), max(amount, 0))
