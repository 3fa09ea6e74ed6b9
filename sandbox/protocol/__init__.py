"""How it speaks: form bodies, keys, idempotency, errors, pages, expansion."""
