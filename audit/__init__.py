"""What happened and who is told: events, deliveries, the log. Kinds and ids, no foreign keys
upward.
"""
