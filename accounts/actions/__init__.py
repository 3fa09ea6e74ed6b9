"""The only writers: one function a use case, asking who may first."""
