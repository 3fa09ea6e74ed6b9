"""What the sandbox's clock asks of us at each instant: look, run what is due, say when next."""

import time

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from audit import outbox
from saas.middleware import client_address
from subscriptions.actions.closing import close_due
from subscriptions.actions.freeing import free_names_of_the_unpaid
from subscriptions.actions.settling import next_moment, settle_due
from subscriptions.actions.terms import next_term_warning, warn_of_terms
from subscriptions.actions.trials import next_trial_warning, warn_of_trials
from subscriptions.actions.warning import next_warning, warn_due
from subscriptions.models import SyncTarget
from webhooks.driving import drain

PATIENCE = 30.0
LOOPBACK = ("127.0.0.1", "::1")


@csrf_exempt
@login_not_required
@require_POST
def tick(request: HttpRequest) -> HttpResponse:
    """Settle business time as it is now; answers when something next changes by itself.

    The offset was written to the clock file before this call, so there is nothing to read from it.
    A worker may be looking at the same time: wait until nothing is left to look at.
    """
    if client_address(request) not in LOOPBACK:
        raise Http404
    deadline = time.monotonic() + PATIENCE
    while True:
        drain()
        settle_due()
        close_due()
        free_names_of_the_unpaid()
        warn_due()
        warn_of_terms()
        warn_of_trials()
        outbox.sweep()
        if not SyncTarget.objects.dirty().filter(dead=False).exists():
            break
        if time.monotonic() > deadline:
            return JsonResponse({"next_at": None, "late": True})
        time.sleep(0.05)
    coming = (next_moment(), next_warning(), next_term_warning(), next_trial_warning())
    following = min(filter(None, coming), default=None)
    return JsonResponse({"next_at": following.isoformat() if following else None})
