"""Forms that may meet the question for a fresh sign-in, and lose nothing by it."""

from functools import wraps
from typing import Any

from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse

from kernel.refusals import Refusal
from orgs.web.visit import View


def sent_on_once_confirmed(view: View) -> View:
    """Keep what a form sent while its sender confirms who they are; then it is sent on.

    For pages on which only some of what can be sent needs a fresh sign-in, so that nobody is asked
    before it is known.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *args, **named)
        except Refusal as refusal:
            if request.method != "POST" or refusal.reason != "fresh_sign_in_required":
                raise
        raise ReauthenticationRequired

    return answer
