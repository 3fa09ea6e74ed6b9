"""One process, one port, a thread for each connection; it stops when told."""

import os
import signal
import socket
import threading
from collections.abc import Callable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer

from django.core.handlers.wsgi import WSGIHandler


class Server(ThreadingMixIn, WSGIServer):
    """Threads that do not keep the process alive."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def server_bind(self) -> None:
        """Bind without asking anybody for the name of this machine."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name = str(self.server_address[0])
        self.server_port = int(self.server_address[1])
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that goes away early is not news."""
        if os.environ.get("SANDBOX_LOUD"):
            super().handle_error(request, client_address)


class Handler(WSGIRequestHandler):
    """Quiet, and lets the application have the connection, to cut it if told."""

    def get_environ(self) -> dict[str, Any]:
        """The usual environment and the connection itself."""
        return super().get_environ() | {"sandbox.connection": self.connection}

    def address_string(self) -> str:
        """The address as it is: no look-up of names."""
        return str(self.client_address[0])

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are seen on the dashboard, not on the terminal."""


ServerHandler.server_software = "sandbox"


def serve(host: str, port: int, before_exit: Callable[[], None]) -> None:
    """Serve until TERM or INT, then finish."""
    server = Server((host, port), Handler)
    server.set_app(WSGIHandler())

    def stop(_signum: int, _frame: object) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        server.serve_forever(poll_interval=0.1)
    finally:
        server.server_close()
        before_exit()
