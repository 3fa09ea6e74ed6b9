"""What has to be fast, measured against a limit in the same run: one ``name: value`` a line."""
