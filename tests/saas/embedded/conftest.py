"""A folder for a stack, and stacks that do not outlive their test."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.saas.embedded.running import Starter


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder that PostgreSQL's unprivileged user can reach, on a short path."""
    with tempfile.TemporaryDirectory(prefix="stack-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder, "data")


@pytest.fixture
def a_stack(data_dir: Path) -> Iterator[Starter]:
    """Start a small stack over the test's DATA_DIR: ``a_stack(PORT="8123")``."""
    starter = Starter(data_dir)
    yield starter
    for running in reversed(starter.all):
        running.clear()
