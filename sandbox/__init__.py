"""A local Stripe with a clock: a separate process, reached over HTTP only."""
