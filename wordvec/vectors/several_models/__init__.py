"""Two models or more: alignment, what changed, translation; and retrofitting to lexicons."""
