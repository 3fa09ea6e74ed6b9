"""Driving a running stack over HTTP, as its people would: from sign-up to an open gate, twice."""
