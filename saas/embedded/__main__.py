"""``python -m saas.embedded serve | down | status``."""

import argparse
import os
import sys

from saas.embedded.faults import Unstartable
from saas.embedded.serving import down, serve, status

COMMANDS = {"serve": serve, "down": down, "status": status}


def main() -> int:
    """Run one command; faults are told in words."""
    parser = argparse.ArgumentParser(
        prog="python -m saas.embedded",
        description="Run the service with everything that no variable names.",
    )
    parser.add_argument("command", choices=COMMANDS)
    try:
        return COMMANDS[parser.parse_args().command](os.environ)
    except Unstartable as fault:
        sys.stderr.write(f"{fault}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
