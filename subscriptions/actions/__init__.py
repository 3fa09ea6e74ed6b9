"""The only writers: one function a use case, asking policy first."""
