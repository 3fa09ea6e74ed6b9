"""The one place that speaks to Stripe: pinned version, short time-outs, named refusals, no
transaction.
"""
