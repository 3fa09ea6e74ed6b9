"""A person's own pages, beside those of the sign-in."""
