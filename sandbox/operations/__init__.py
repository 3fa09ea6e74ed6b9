"""What a request may ask of billing: subscriptions, invoices, sessions, cards."""
