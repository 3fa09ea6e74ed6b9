"""The one API object: who may enter, how often, and whose operations it carries."""

from django.contrib.auth.decorators import login_not_required
from ninja.openapi.docs import Swagger

import community.api.applications
import orgs.api.access
import orgs.api.audit
import orgs.api.collaborators
import orgs.api.directory
import orgs.api.entitlements
import orgs.api.invitations
import orgs.api.me
import orgs.api.members
import orgs.api.names
import orgs.api.offers
import orgs.api.organizations
import orgs.api.profiles
import orgs.api.projects
import orgs.api.seats
import orgs.api.second_factor
import orgs.api.service_tokens
import orgs.api.teams
import orgs.api.transfers
import saas.api.decisions
import saas.api.reported_tokens
import subscriptions.api.billing
import subscriptions.api.buying
import subscriptions.api.changes
import subscriptions.api.details
import subscriptions.api.ending
import subscriptions.api.organizations
from saas.api.authentication import Bearer
from saas.api.openapi import Chapterhouse
from saas.api.problems import answer_all
from saas.api.throttling import TokenRate

PER_MINUTE = 600
DESCRIPTION = """
Organizations, their people, and what they may do.

Every call carries a token: `Authorization: Bearer ch_pat_…`. Make one at `/account/tokens/`; it
acts for you within its scopes, and never beyond what you may do at that moment. Owners make service
tokens (`ch_svc_…`) under *Tokens* of their organization; such a token acts for the organization, as
a manager at most, and whoever made it may leave. Operators make tokens for hosts, which ask about
everyone and change nothing.

What is refused, is refused in words and with a stable `code`, as `application/problem+json`. What
you may not know of, does not exist: 404. Lists come in pages; follow `next_cursor`, or the `Link`
header. Times are UTC, in RFC 3339.
"""

api = Chapterhouse(
    title="Chapterhouse",
    version="1",
    description=DESCRIPTION.strip(),
    urls_namespace="api",
    auth=Bearer(),
    throttle=[TokenRate(PER_MINUTE)],
    docs=Swagger({"validatorUrl": None, "docExpansion": "list", "persistAuthorization": False}),
    docs_decorator=login_not_required,
)
answer_all(api)
for router in (
    saas.api.decisions.router,
    orgs.api.entitlements.router,
    subscriptions.api.organizations.router,
    orgs.api.organizations.router,
    orgs.api.profiles.router,
    orgs.api.names.router,
    orgs.api.second_factor.router,
    orgs.api.members.router,
    orgs.api.invitations.router,
    orgs.api.teams.router,
    orgs.api.projects.router,
    orgs.api.access.router,
    orgs.api.collaborators.router,
    orgs.api.transfers.router,
    orgs.api.directory.router,
    orgs.api.service_tokens.router,
    orgs.api.audit.router,
    subscriptions.api.billing.router,
    orgs.api.seats.router,
    subscriptions.api.changes.router,
    subscriptions.api.ending.router,
    subscriptions.api.buying.router,
    subscriptions.api.details.router,
    community.api.applications.router,
    orgs.api.me.router,
    orgs.api.offers.router,
    saas.api.reported_tokens.router,
):
    api.add_router("", router)
