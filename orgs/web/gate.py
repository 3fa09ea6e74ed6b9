"""The gate before every staff page: a role, and a second factor used in this session."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.actors import has_second_factor, of_request
from accounts.models import User
from kernel.actor import Actor
from kernel.refusals import Forbidden, NotFound
from orgs.matrix import STAFF_MATRIX

Rest = ParamSpec("Rest")
StaffView = Callable[Concatenate[HttpRequest, Actor, Rest], HttpResponse]
Gated = Callable[Concatenate[HttpRequest, Rest], HttpResponse]


def for_staff(permission: str, words: str) -> Callable[[StaffView[Rest]], Gated[Rest]]:
    """Give a view the member of staff who acts, in their staff role; ``words`` say what it is for.

    To people without a staff role the place does not exist. Staff in another role see that this is
    not theirs; those without a second factor in this session, why it is asked for, and the way.
    """

    def gated(view: StaffView[Rest]) -> Gated[Rest]:
        @wraps(view)
        @never_cache
        def gate(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
            user = request.user
            if not isinstance(user, User) or not user.is_staff:
                raise NotFound
            if user.staff_role not in STAFF_MATRIX[permission]:
                raise Forbidden(f"Your staff role does not include {words}.")
            actor = of_request(request)
            if not actor.staff_role:
                context = {"has_second_factor": has_second_factor(user), "back": request.path}
                return render(request, "staff/second_factor.html", context, status=403)
            return view(request, actor.as_staff(), *args, **kwargs)

        return gate

    return gated
