"""A sandbox with our catalog, and nobody who works behind a test's back."""

from tests.subscriptions.stage import _nobody_works_by_itself, sandbox

__all__ = ["_nobody_works_by_itself", "sandbox"]
