"""The free road: applications, evidence, review, renewal of grants."""
