"""Several models: alignment, changes, combination and translation; and retrofitting to lexicons."""
