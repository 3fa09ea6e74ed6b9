"""What it keeps: one noun of Stripe's to a file."""
