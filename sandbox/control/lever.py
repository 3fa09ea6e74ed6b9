"""How a lever answers: JSON in, JSON out, no key; a refusal is a sentence and a status."""

import functools
import json
from collections.abc import Callable

from django.http import HttpRequest, JsonResponse

from sandbox.billing.checkout import PageRefused
from sandbox.objects.cards import CardMistake
from sandbox.protocol.refusals import Refused
from sandbox.store import Doc

Lever = Callable[..., Doc]
View = Callable[..., JsonResponse]


class NotSo(Exception):
    """A lever that cannot be pulled this way; the words say why."""


def lever(*methods: str) -> Callable[[Lever], View]:
    """A view of a function from the request's JSON object to an answer's."""

    def wrap(pull: Lever) -> View:
        @functools.wraps(pull)
        def view(request: HttpRequest, **found: str) -> JsonResponse:
            if request.method not in methods:
                return JsonResponse({"error": f"Use {' or '.join(methods)}."}, status=405)
            try:
                return JsonResponse(pull(_sent(request), **found))
            except Refused as refused:
                return JsonResponse({"error": str(refused)}, status=refused.status)
            except KeyError as absent:
                return JsonResponse({"error": f"{absent.args[0]} is needed."}, status=400)
            except (NotSo, PageRefused, CardMistake, ValueError) as no:
                return JsonResponse({"error": str(no)}, status=400)

        return view

    return wrap


def _sent(request: HttpRequest) -> Doc:
    """The JSON object of a POST, or the query of a GET."""
    if request.method == "GET":
        return dict(request.GET.items())
    found = json.loads(request.body or b"{}")
    if not isinstance(found, dict):
        raise NotSo("Send a JSON object.")
    return found
