"""The roof: settings, addresses, the one API, the schedule, listeners, health, embedded servers."""
