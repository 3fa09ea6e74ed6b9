"""What a person says of themselves."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.actions.profile import change_name
from accounts.actors import of_request
from accounts.web.forms import ProfileForm
from accounts.web.visitor import visitor


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show the name that others see, and change it."""
    user = visitor(request)
    form = ProfileForm(request.POST or None, initial={"name": user.name})
    if request.method == "POST":
        form = ProfileForm(request.POST)
        if form.is_valid():
            change_name(user=user, actor=of_request(request), **form.cleaned_data)
            messages.success(request, "Your name was saved.")
            return redirect("accounts:profile")
    status = 422 if form.errors else 200
    return render(request, "accounts/profile.html", {"form": form}, status=status)
