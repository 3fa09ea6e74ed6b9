"""A decision asked for over HTTP, beside views of the same server that ask the database for a one.

One gunicorn worker with four threads, one connection that is kept, turn by turn. The view that the
bar is about checks a token and counts the call as every operation does, so that what is compared
is deciding; the bare view does neither.
"""

import http.client
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from accounts.actions.hosts import add_host
from accounts.models import User
from accounts.scopes import Scope
from benchmarks.facts import Size
from benchmarks.timing import ROUNDS, alternated
from kernel.actor import SYSTEM
from orgs.models import Project
from saas.embedded.processes import free_port, wait_until

PAIRS, HOSTS, BATCH = 100, 8, 100
"""So many calls a round, from so many hosts that none of them meets its limit of the minute."""
Call = Callable[[int], object]


def measure(size: Size) -> dict[str, str]:
    """Return the figures by name."""
    questions = _questions(size)
    bodies = [_body([question]) for question in questions]
    batches = [_body(questions[first : first + BATCH]) for first in range(0, len(questions), BATCH)]
    tokens = [_a_host(f"bench-{number}") for number in range(HOSTS)]
    with _serving() as port:
        asking = http.client.HTTPConnection("127.0.0.1", port)
        deciding = _posting(asking, "/api/v1/decisions", bodies, tokens)
        batched = _posting(asking, "/api/v1/decisions", batches, tokens)
        guarded = _posting(asking, "/api/v1/bench/one", bodies, tokens)
        bare = _posting(asking, "/bench/bare", [""], [""])
        for number in range(PAIRS):  # both sides' statements are prepared, and pages read
            for call in (deciding, guarded, bare):
                call(number)
        return {
            "http_decision_vs_select1_view": f"{alternated(deciding, guarded, pairs=PAIRS):.2f}",
            "http_decision_vs_bare_view": f"{alternated(deciding, bare, pairs=PAIRS):.2f}",
            "batch100_vs_single": f"{BATCH / alternated(batched, deciding, pairs=20):.1f}",
        }


def _body(questions: list[dict[str, str]]) -> str:
    return json.dumps({"questions": questions})


def _questions(size: Size) -> list[dict[str, str]]:
    chance = random.Random(2028)
    numbers = [chance.randrange(11, size.projects + 1) for _ in range(ROUNDS * PAIRS)]
    projects = Project.objects.in_bulk(numbers)
    questions = []
    for number in numbers:
        organization = (number - 1) // 10 + 1
        person = 1 + ((organization * 30 + chance.randrange(1, 31)) * 7919) % size.users
        questions.append(
            {
                "user": str(User.objects.values_list("public_id", flat=True).get(pk=person)),
                "permission": "projects:publish",
                "subject": f"project:{projects[number].name}",
            }
        )
    return questions


def _a_host(name: str) -> str:
    return add_host(name=name, scopes=[Scope.DECISIONS_ASK], actor=SYSTEM)[1]


def _posting(
    to: http.client.HTTPConnection, path: str, bodies: list[str], tokens: list[str]
) -> Call:
    """Return what posts one body after the other, as one host after the other."""

    def post(number: int) -> object:
        token = tokens[number % len(tokens)]
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        method = "POST" if bodies[0] else "GET"
        to.request(method, path, bodies[number % len(bodies)] or None, headers)
        answer = to.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}: {said[:300]!r}")
        return said

    return post


@contextmanager
def _serving() -> Iterator[int]:
    """Serve the benchmarks' settings with one worker of four threads, and end it afterwards."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "saas.wsgi:application", "--bind", f"127.0.0.1:{port}",
        "--worker-class", "gthread", "--workers", "1", "--threads", "4", "--log-level", "warning",
        "--no-control-socket",
    ]  # fmt: skip
    server = subprocess.Popen(command, env={**os.environ, "ALLOWED_HOSTS": "127.0.0.1"})
    try:
        if not wait_until(lambda: _answers(port), seconds=60):
            raise SystemExit("The web server does not start.")
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _answers(port: int) -> bool:
    try:
        probe = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        probe.request("GET", "/healthz")
        return probe.getresponse().status == 200
    except OSError:
        return False
