"""The front door and the pages of errors."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """Show visitors what this is; lead people who are signed in to their organizations."""
    if request.user.is_authenticated:
        return redirect("orgs:list")
    return render(request, "home.html")


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Explain a form that was sent without its proof; nothing was changed."""
    return render(request, "403_csrf.html", status=403)
