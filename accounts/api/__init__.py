"""The edge of the API that every app shares, and the operations about oneself."""
