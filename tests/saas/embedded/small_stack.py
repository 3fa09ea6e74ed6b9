"""A stack that starts in a second: real PostgreSQL and Redis, and a web server of ten lines.

Run as a program: ``python -m tests.saas.embedded.small_stack``. WEB names what web does.
"""

import os
import socket
import sys
from functools import partial

from saas.embedded.broker import Broker
from saas.embedded.faults import Unstartable
from saas.embedded.parts import Part, answers, broker_part, postgres
from saas.embedded.postgres import Cluster
from saas.embedded.serving import serve
from saas.embedded.wiring import Wiring

# It answers 200 to everything, and has a child of its own that ignores SIGTERM.
WEB = """
import http.server, os, signal, socket, subprocess, sys
subprocess.Popen([sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"])
class Yes(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(str(os.getpid()).encode())
    def log_message(self, *args): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Yes, bind_and_activate=False)
server.socket = socket.socket(fileno=int(sys.argv[1]))
server.serve_forever()
"""
DYING = "import sys; print('the kettle is empty'); sys.exit(7)"
STEP = "print('owner@example.test signs in with a password')"


def table(
    wiring: Wiring, cluster: Cluster | None, broker: Broker | None, door: socket.socket
) -> list[Part]:
    """Lay a short table: servers, one step, web."""
    servers = [
        *([broker_part(broker)] if broker else []),
        *([postgres(cluster)] if cluster else []),
    ]
    names = tuple(part.name for part in servers)
    program = DYING if os.environ.get("WEB") == "dies" else WEB
    return [
        *servers,
        Part("seed", [sys.executable, "-c", STEP], after=names, lasts=False, reports=True),
        Part(
            "web",
            [sys.executable, "-c", program, str(door.fileno())],
            after=("seed",),
            is_ready=partial(answers, f"{wiring.local_url}/readyz"),
            pass_fds=(door.fileno(),),
        ),
    ]


if __name__ == "__main__":
    try:
        sys.exit(serve(os.environ, table))
    except Unstartable as fault:
        sys.stderr.write(f"{fault}\n")
        sys.exit(1)
