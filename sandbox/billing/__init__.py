"""What money and time do: invoices, payment, renewal, failure, endings."""
