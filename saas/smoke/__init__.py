"""Driving a running stack over HTTP only, as its people would: both roads, from sign-up to open gate."""
