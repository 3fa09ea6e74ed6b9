"""The pages about the whole of one's account."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.actions.tokens import require_fresh_person
from accounts.actors import of_request
from accounts.refusals import TypedWrong
from accounts.web.visitor import visitor
from kernel import clock
from saas.people.deletion import delete_account, losses_of
from saas.people.export import personal_data


@require_GET
def data(request: HttpRequest) -> HttpResponse:
    """Show the two ways: taking the data along, and deleting the account."""
    return render(request, "people/data.html")


@never_cache
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Answer with a file of everything that is kept; only to who proved just now who they are."""
    require_fresh_person(of_request(request))
    answer = JsonResponse(personal_data(visitor(request)), json_dumps_params={"indent": 2})
    name = f"chapterhouse-{clock.wall():%Y-%m-%d}.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@never_cache
@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """Say what would be lost and what stands against it; delete once the address was typed."""
    user, actor = visitor(request), of_request(request)
    require_fresh_person(actor)
    error = ""
    if request.method == "POST":
        try:
            delete_account(
                user=user, confirmation=request.POST.get("confirmation", ""), actor=actor
            )
        except TypedWrong as refusal:
            error = refusal.sentence
        else:
            logout(request)
            messages.success(request, "Your account is deleted. Good-bye, and thank you.")
            return redirect("home")
    context = {"losses": losses_of(user), "error": error}
    return render(request, "people/delete.html", context, status=422 if error else 200)
