"""What is given is kept, what is not is decided."""

import socket
from pathlib import Path

import pytest

from saas.embedded.faults import Unstartable
from saas.embedded.processes import free_port
from saas.embedded.wiring import Wiring
from saas.env import SANDBOX_KEY

REAL_KEY = "sk_test_" + "a" * 24


def wired(data_dir: Path, **given: str) -> Wiring:
    return Wiring.read({"DATA_DIR": str(data_dir), **given})


def test_without_a_word_everything_is_run_here(data_dir: Path) -> None:
    wiring = wired(data_dir)

    assert (wiring.runs_postgres, wiring.runs_broker, wiring.runs_sandbox) == (True, True, True)


def test_a_blank_variable_is_not_given(data_dir: Path) -> None:
    assert wired(data_dir, DATABASE_URL=" ", STRIPE_SECRET_KEY="").runs_postgres


def test_what_is_named_is_not_run(data_dir: Path) -> None:
    wiring = wired(
        data_dir, DATABASE_URL="postgresql:///a", REDIS_URL="redis://b", STRIPE_SECRET_KEY=REAL_KEY
    )

    assert (wiring.runs_postgres, wiring.runs_broker, wiring.runs_sandbox) == (False, False, False)
    assert wiring.stripe_api_base == "https://api.stripe.com"
    assert wiring.webhook_secrets == ()


def test_the_sandbox_runs_for_its_own_key_too(data_dir: Path) -> None:
    assert wired(data_dir, STRIPE_SECRET_KEY=SANDBOX_KEY).runs_sandbox


def test_a_default_port_that_is_taken_moves(data_dir: Path) -> None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", 8000))
            listener.listen()
        except OSError:
            pass  # somebody else has it: just as good
        wiring = wired(data_dir)

    assert wiring.port != 8000
    assert wiring.base_url == f"http://localhost:{wiring.port}"
    assert wiring.environment("d", "r")["PORT"] == str(wiring.port)


@pytest.mark.parametrize("value", ["eighty", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(data_dir: Path, value: str) -> None:
    with pytest.raises(Unstartable, match="is not a port"):
        wired(data_dir, PORT=value)


def test_one_port_for_two_servers_is_refused(data_dir: Path) -> None:
    port = str(free_port())

    with pytest.raises(Unstartable, match="different numbers"):
        wired(data_dir, PORT=port, SANDBOX_PORT=port)


def test_every_given_signing_secret_is_kept(data_dir: Path) -> None:
    wiring = wired(data_dir, STRIPE_WEBHOOK_SECRETS="whsec_new, whsec_old")

    assert wiring.webhook_secrets == ("whsec_new", "whsec_old")
    assert wiring.environment("d", "r")["STRIPE_WEBHOOK_SECRETS"] == "whsec_new,whsec_old"


def test_a_signing_secret_of_ours_stays_the_same(data_dir: Path) -> None:
    assert wired(data_dir).webhook_secrets == wired(data_dir).webhook_secrets


def test_something_may_be_put_between_us_and_the_sandbox(data_dir: Path) -> None:
    told = wired(
        data_dir,
        STRIPE_API_BASE="http://127.0.0.1:12111",
        SANDBOX_WEBHOOK_URL="http://127.0.0.1:12112/webhooks/stripe/",
    ).environment("d", "r")

    assert told["STRIPE_API_BASE"] == "http://127.0.0.1:12111"
    assert told["SANDBOX_WEBHOOK_URL"] == "http://127.0.0.1:12112/webhooks/stripe/"
