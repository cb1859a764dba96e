"""Training examples and negatives, each drawn as a function of seed, epoch and position; and step lengths."""
