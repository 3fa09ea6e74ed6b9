"""A real browser for the pages of this folder, when one is installed."""

from tests.browser import browser_type_launch_args

__all__ = ["browser_type_launch_args"]
