"""The whole of a person's account, over all floors: taken along as a file, or deleted."""
