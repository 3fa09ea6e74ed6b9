"""Pages of organizations: load, form, action, answer."""
