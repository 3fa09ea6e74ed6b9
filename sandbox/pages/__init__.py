"""What people see: Checkout, portal, invoice and dashboard, without JavaScript."""
