"""``python -m benchmarks``: on servers of its own, thrown away afterwards."""

import os

from tests.stack import Stack


def main() -> None:
    """Start the servers, migrate, measure, stop."""
    stack = Stack()
    os.environ.update(stack.environment(), DJANGO_SETTINGS_MODULE="saas.settings")
    stack.begin()
    try:
        stack.wait()
        if stack.fault:
            raise SystemExit(stack.fault)
        measure()
    finally:
        stack.stop()


def measure() -> None:
    """Measure everything; Django is imported only now that it knows its servers."""
    import django  # noqa: PLC0415 -- see above

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 -- see above

    from benchmarks import decisions  # noqa: PLC0415 -- see above

    call_command("migrate", verbosity=0)
    for name, value in decisions.measure().items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
