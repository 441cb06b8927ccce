"""Word lists and tables as named data; nothing in here computes anything."""
