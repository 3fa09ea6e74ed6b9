"""``python -m saas.embedded serve | down | status``."""

import argparse
import os
import sys

from saas.embedded.faults import Unstartable
from saas.embedded.serving import down, serve, status
from saas.env import well_formed_environment

COMMANDS = {"serve": serve, "down": down, "status": status}


def main() -> int:
    """Run one command; faults are told in words."""
    parser = argparse.ArgumentParser(
        prog="python -m saas.embedded",
        description="Run the service with everything that no variable names.",
    )
    parser.add_argument("command", choices=COMMANDS)
    command = parser.parse_args().command
    if command == "serve":
        well_formed_environment()  # every bad value at once, before anything starts
    try:
        return COMMANDS[command](os.environ)
    except Unstartable as fault:
        sys.stderr.write(f"{fault}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
