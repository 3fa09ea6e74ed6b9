"""Pages of the free road: load, form, action, answer."""
