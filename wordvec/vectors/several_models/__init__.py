"""Two models or more: alignment, what changed, translation; and lexicons, which retrofitting draws vectors towards."""
