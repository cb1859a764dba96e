"""The formats of published evaluation sets, and what the sets are once they are read."""
