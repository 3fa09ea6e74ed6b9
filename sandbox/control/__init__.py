"""The levers that Stripe does not have: clock, deliveries, faults, ledger."""
