"""The servers that run when no URL names another: PostgreSQL, Redis, the sandbox, and the stack.

Nothing here imports Django: it runs before there are settings.
"""
