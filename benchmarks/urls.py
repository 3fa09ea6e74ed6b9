"""The service's addresses, and two views that ask the database for a one and nothing else."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path

from saas.api.main import api


def one() -> dict[str, int]:
    """Ask the database for a one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return {"one": cursor.fetchone()[0]}


@login_not_required
def bare(_: HttpRequest) -> JsonResponse:
    """Answer whoever asks."""
    return JsonResponse(one())


@api.post("/bench/one", response=dict[str, int])
def guarded(request: HttpRequest) -> dict[str, int]:  # noqa: ARG001 -- ninja hands it over
    """Answer whoever has a token, counted as every call of the API is."""
    return one()


from saas.urls import urlpatterns as served  # noqa: E402 -- what the API carries is settled by then

urlpatterns = [*served, path("bench/bare", bare)]
