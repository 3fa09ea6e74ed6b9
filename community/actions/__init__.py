"""What applicants and reviewers do with applications, as verbs."""
