"""``python -m saas.embedded.commands "plans push" seed``: several of manage.py's in one process.

Django takes seconds to start, and the stack would start it once for each. What all but the last one
write goes to standard error. This module alone needs Django, and nothing here imports it.
"""

import os
import shlex
import sys

import django
from django.core.management import call_command


def main() -> None:
    """Run each argument as a command line, in order; the first failure ends it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saas.settings")
    django.setup()
    *first, last = sys.argv[1:]
    for line in first:
        call_command(*shlex.split(line), stdout=sys.stderr)
    call_command(*shlex.split(last))


if __name__ == "__main__":
    main()
