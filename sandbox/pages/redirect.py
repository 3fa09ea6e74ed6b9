"""Going on after a form."""

from django.http import HttpResponseRedirect


class SeeOther(HttpResponseRedirect):
    """Go on there with a GET."""

    status_code = 303
