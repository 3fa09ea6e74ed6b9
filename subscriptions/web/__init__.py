"""Pages of money: load, form, action, answer."""
