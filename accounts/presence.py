"""What the database says of a person whose account was deleted, in words.

A deletion and something that gives its person anything stand in line at the person's row, by
triggers of the tables that give; whoever comes second meets an empty row, and is refused.
"""

from django.db import IntegrityError
from psycopg import errors

from accounts.refusals import AccountGone

RULE = "person_is_still_there"


def account_gone(error: Exception) -> AccountGone | None:
    """Return the refusal behind an error of the database, when it is this one."""
    cause = error.__cause__
    if isinstance(error, IntegrityError) and isinstance(cause, errors.CheckViolation):
        return AccountGone() if cause.diag.constraint_name == RULE else None
    return None
