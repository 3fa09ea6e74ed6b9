"""The customer portal: configurations, and sessions that lead to its page."""

from typing import TYPE_CHECKING

from sandbox.ids import new_id
from sandbox.objects import customers
from sandbox.objects.fields import cleared, merged_metadata
from sandbox.protocol.lists import Query
from sandbox.protocol.refusals import invalid
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

REASONS = [
    "too_expensive",
    "missing_features",
    "switched_service",
    "unused",
    "customer_service",
    "too_complex",
    "low_quality",
    "other",
]


def create_configuration(turn: "Turn", params: Doc) -> Doc:
    """What a portal lets people do."""
    fields: Doc = {
        "active": True,
        "application": None,
        "business_profile": {
            "headline": None,
            "privacy_policy_url": None,
            "terms_of_service_url": None,
        },
        "created": turn.now,
        "default_return_url": None,
        "features": _features(),
        "is_default": not turn.all("billing_portal.configuration"),
        "livemode": False,
        "login_page": {"enabled": False, "url": None},
        "metadata": {},
        "name": None,
        "updated": turn.now,
    }
    _write(fields, params)
    return turn.create(
        "billing_portal.configuration", fields, "billing_portal.configuration.created"
    )


def _features() -> Doc:
    """Everything that a configuration does not name is off."""
    return {
        "customer_update": {"allowed_updates": [], "enabled": False},
        "invoice_history": {"enabled": False},
        "payment_method_update": {"enabled": False, "payment_method_configuration": None},
        "subscription_cancel": {
            "cancellation_reason": {"enabled": False, "options": REASONS},
            "enabled": False,
            "mode": "at_period_end",
            "proration_behavior": "none",
        },
        "subscription_update": {
            "billing_cycle_anchor": None,
            "default_allowed_updates": [],
            "enabled": False,
            "proration_behavior": "none",
            "schedule_at_period_end": {"conditions": []},
            "trial_update_behavior": "end_trial",
        },
    }


def _write(configuration: Doc, params: Doc) -> None:
    for name in ("active", "default_return_url", "name"):
        if name in params:
            configuration[name] = cleared(params[name])
    for name, value in (params.get("business_profile") or {}).items():
        configuration["business_profile"][name] = cleared(value)
    if "login_page" in params:
        configuration["login_page"]["enabled"] = params["login_page"]["enabled"]
    for name, sent in params.get("features", {}).items():
        feature = configuration["features"][name]
        for key, value in sent.items():
            if isinstance(value, dict):
                feature[key] = feature[key] | value
            else:
                feature[key] = [] if value == "" else value
    if "metadata" in params:
        merged = merged_metadata(configuration["metadata"], params["metadata"])
        configuration["metadata"] = merged


def show_configuration(turn: "Turn", _params: Doc, configuration_id: str) -> Doc:
    """The configuration."""
    return turn.find("billing_portal.configuration", configuration_id)


def update_configuration(turn: "Turn", params: Doc, configuration_id: str) -> Doc:
    """Change what was sent, keep the rest."""
    configuration = turn.find("billing_portal.configuration", configuration_id)
    if params.get("active") is False and configuration["is_default"]:
        raise invalid("The default configuration cannot be deactivated.", "active")
    _write(configuration, params)
    configuration["updated"] = turn.now
    return turn.save(configuration, "billing_portal.configuration.updated")


def list_configurations(turn: "Turn", params: Doc) -> Doc:
    """Configurations, active or default if asked."""
    query = Query("billing_portal.configuration").where("active", params.get("active"))
    query.where("is_default", params.get("is_default"))
    return query.page(turn, params, "/v1/billing_portal/configurations")


def create_session(turn: "Turn", params: Doc) -> Doc:
    """A way into the portal for one customer."""
    if "customer" not in params:
        raise invalid("Missing required param: customer.", "customer", "parameter_missing")
    customer = customers.live(turn, params["customer"], "customer")
    configuration = _configuration(turn, params.get("configuration"))
    session_id = new_id("billing_portal.session")
    fields = {
        "id": session_id,
        "configuration": configuration["id"],
        "created": turn.now,
        "customer": customer["id"],
        "customer_account": None,
        "flow": _flow(params.get("flow_data")),
        "livemode": False,
        "locale": params.get("locale"),
        "on_behalf_of": None,
        "return_url": params.get("return_url") or configuration["default_return_url"],
        "url": f"{turn.url}/portal/{session_id}",
    }
    return turn.create("billing_portal.session", fields, "billing_portal.session.created")


def _configuration(turn: "Turn", asked: str | None) -> Doc:
    if asked:
        found = turn.find("billing_portal.configuration", asked, "configuration")
        if not found["active"]:
            raise invalid("This configuration is not active.", "configuration")
        return found
    for found in turn.all("billing_portal.configuration"):
        if found["is_default"] and found["active"]:
            return found
    raise invalid("No configuration provided, and there is no default one yet.", "configuration")


def _flow(asked: Doc | None) -> Doc | None:
    if not asked:
        return None
    after = asked.get("after_completion", {})
    shown = {
        "after_completion": {
            "hosted_confirmation": after.get("hosted_confirmation"),
            "redirect": after.get("redirect"),
            "type": after.get("type", "portal_homepage"),
        },
        "customer_update": None,
        "subscription_cancel": asked.get("subscription_cancel"),
        "subscription_update": None,
        "subscription_update_confirm": None,
        "type": asked["type"],
    }
    if shown["subscription_cancel"]:
        shown["subscription_cancel"] = {"retention": None} | shown["subscription_cancel"]
    return shown
