"""Stripe's voice in: inbox, targets, handlers, replay."""
