"""What happens when a permission check is taken away: some test has to notice each.

Run it by ``python -m tests.mutants``. It belongs to no other run: it takes minutes.
"""
