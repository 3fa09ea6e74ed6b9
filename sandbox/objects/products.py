"""Products, and the empty list of their features."""

from typing import TYPE_CHECKING

from sandbox.objects import prices
from sandbox.objects.fields import cleared, merged_metadata
from sandbox.protocol.lists import Query
from sandbox.protocol.refusals import invalid
from sandbox.protocol.rendering import a_list
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

PLAIN = ("active", "name", "images", "marketing_features")
NULLABLE = (
    "default_price",
    "description",
    "package_dimensions",
    "shippable",
    "statement_descriptor",
    "tax_code",
    "unit_label",
    "url",
)


def create(turn: "Turn", params: Doc) -> Doc:
    """A new product, under an id of one's own if one was sent."""
    if "id" in params and turn.seek("product", params["id"]):
        raise invalid("Product already exists.", "id", "resource_already_exists")
    fields: Doc = {
        "active": True,
        "created": turn.now,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": merged_metadata(None, params.get("metadata")),
        "name": "",
        "updated": turn.now,
    } | dict.fromkeys(NULLABLE)
    if "id" in params:
        fields["id"] = params["id"]
    _write(fields, params)
    product = turn.create("product", fields, "product.created")
    if "default_price_data" in params:
        asked = params["default_price_data"] | {"product": product["id"]}
        product["default_price"] = prices.create(turn, asked)["id"]
        turn.save(product, "product.updated")
    return product


def _write(product: Doc, params: Doc) -> None:
    for name in PLAIN:
        if name in params:
            product[name] = params[name] or ([] if name in ("images", "marketing_features") else "")
    if "active" in params:
        product["active"] = params["active"]
    for name in NULLABLE:
        if name in params:
            product[name] = cleared(params[name])


def show(turn: "Turn", _params: Doc, product_id: str) -> Doc:
    """The product."""
    return turn.find("product", product_id)


def update(turn: "Turn", params: Doc, product_id: str) -> Doc:
    """Change what was sent, keep the rest."""
    product = turn.find("product", product_id)
    _write(product, params)
    if "metadata" in params:
        product["metadata"] = merged_metadata(product["metadata"], params["metadata"])
    product["updated"] = turn.now
    return turn.save(product, "product.updated")


def list_all(turn: "Turn", params: Doc) -> Doc:
    """Products, active or not if asked."""
    query = Query("product").where("active", params.get("active")).one_of("id", params.get("ids"))
    return query.created(params.get("created")).page(turn, params, "/v1/products")


def features(turn: "Turn", _params: Doc, product_id: str) -> Doc:
    """The product's features at Stripe: always a list, and always empty here."""
    turn.find("product", product_id)
    return a_list(f"/v1/products/{product_id}/features", [])
