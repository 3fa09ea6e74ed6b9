"""Why an organization may: catalog, gateway to Stripe, checkout, grants, standing, reconcile."""
