"""The one API: its door, its problems, its limits, and what no single app answers."""
