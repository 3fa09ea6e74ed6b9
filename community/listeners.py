"""Which event of this floor and those beneath makes what happen."""

from audit.outbox import Table

LISTENERS: Table = {}
