"""Which kinds of mail one gets, and the link in a mail that ends one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.actions import mail
from accounts.actors import of_request
from accounts.mail_kinds import ABOUT, OPTIONAL, MailKind
from accounts.mail_preferences import subscription_behind, wanted_by
from accounts.web.visitor import visitor


@require_http_methods(["GET", "POST"])
def notifications(request: HttpRequest) -> HttpResponse:
    """Show every kind of mail, and take which of the optional ones are wanted."""
    user = visitor(request)
    if request.method == "POST":
        wanted = request.POST.getlist("wanted")
        mail.choose_mail(user=user, wanted=wanted, actor=of_request(request))
        messages.success(request, "Saved.")
        return redirect("accounts:notifications")
    kinds = [_shown(kind, wanted) for kind, wanted in wanted_by(user).items()]
    return render(request, "accounts/notifications.html", {"kinds": kinds})


@csrf_exempt  # mail programs send the form by themselves; the signed link is the proof
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Say what a link ends, and end it once that is confirmed: opening a link changes nothing."""
    told = subscription_behind(token)
    if request.method == "POST":
        mail.unsubscribe(token=token)
    context = {"told": told, "about": ABOUT[told.kind], "is_done": request.method == "POST"}
    return render(request, "accounts/unsubscribe.html", context)


def _shown(kind: MailKind, is_wanted: bool) -> dict[str, object]:
    """Return a kind as the page shows it; what is always sent is ticked, and cannot be changed."""
    if kind not in OPTIONAL:
        return {"kind": kind, "words": f"{ABOUT[kind]} Always sent.", "state": "checked disabled"}
    return {"kind": kind, "words": ABOUT[kind], "state": "checked" if is_wanted else ""}
