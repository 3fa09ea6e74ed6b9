"""The gate before every staff page: a role, and a second factor used in this session."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.actors import has_second_factor, of_request
from accounts.models import User
from community.policy import REVIEW
from kernel.actor import Actor
from kernel.refusals import Forbidden, NotFound
from orgs.policy import STAFF_MATRIX

Rest = ParamSpec("Rest")
StaffView = Callable[Concatenate[HttpRequest, Actor, Rest], HttpResponse]


def for_reviewers(
    view: StaffView[Rest],
) -> Callable[Concatenate[HttpRequest, Rest], HttpResponse]:
    """Give a view the reviewer who acts, in their staff role.

    To people without a staff role the place does not exist. Staff in another role see that this is
    not theirs; those without a second factor in this session, why it is asked for, and the way.
    """

    @wraps(view)
    @never_cache
    def gate(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or not user.is_staff:
            raise NotFound
        if user.staff_role not in STAFF_MATRIX[REVIEW]:
            raise Forbidden("Your staff role does not include the review of applications.")
        actor = of_request(request)
        if not actor.staff_role:
            context = {"has_second_factor": has_second_factor(user), "back": request.path}
            return render(request, "staff/second_factor.html", context, status=403)
        return view(request, actor.as_staff(), *args, **kwargs)

    return gate
