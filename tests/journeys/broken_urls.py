"""The product's addresses, and one that breaks: how else would one see the page for our faults?"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from saas.urls import urlpatterns as of_the_product


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    """Break."""
    raise RuntimeError(f"{request.path} is broken on purpose")


urlpatterns = [*of_the_product, path("broken/", broken, name="broken")]
