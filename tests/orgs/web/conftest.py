"""A browser for the pages of organizations."""

from tests.browser import browser_type_launch_args

__all__ = ["browser_type_launch_args"]
