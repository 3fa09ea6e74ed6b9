"""``python -m benchmarks [--organizations 100000]``: on servers of its own, thrown away after."""

import argparse
import os
from dataclasses import replace

import psutil

from tests.stack import Stack

PEOPLE_TO_AN_ORGANIZATION = 10


def main() -> None:
    """Start the servers, migrate, measure, stop."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--organizations", type=int, default=100_000)
    asked = parser.parse_args()
    stack = Stack()
    os.environ.update(stack.environment(), DJANGO_SETTINGS_MODULE="benchmarks.settings")
    if stack.cluster:  # as PostgreSQL's manual has it for a server: a quarter of the memory
        quarter = psutil.virtual_memory().total // 4 // 2**20
        stack.cluster = replace(stack.cluster, shared_buffers=f"{quarter}MB")
    stack.begin()
    try:
        stack.wait()
        if stack.fault:
            raise SystemExit(stack.fault)
        measure(asked.organizations)
    finally:
        stack.stop()


def measure(organizations: int) -> None:
    """Measure everything; Django is imported only now that it knows its servers."""
    import django  # noqa: PLC0415 -- see above

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 -- see above

    from benchmarks import decisions, facts, http, money, people, standing  # noqa: PLC0415 -- see above

    call_command("migrate", verbosity=0)
    size = facts.Size(organizations, organizations * PEOPLE_TO_AN_ORGANIZATION)
    facts.fill(size)
    figures = http.measure(size) | decisions.measure(size) | people.measure() | standing.measure()
    figures |= money.measure()
    for name, value in figures.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
