"""One sandbox process for all tests of it, emptied before each; it needs nothing of ours."""

from collections.abc import Iterator

import pytest

from tests.sandbox.running import Sandbox


@pytest.fixture(scope="session")
def _process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    running = Sandbox(tmp_path_factory.mktemp("sandbox"))
    yield running
    running.stop()
    running.ear.close()


@pytest.fixture
def sandbox(_process: Sandbox) -> Sandbox:
    """An empty sandbox at wall time."""
    _process.call("reset")
    _process.ear.answer = lambda _: (200, b"{}")
    _process.ear.heard.clear()
    return _process
