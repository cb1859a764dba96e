"""Training examples and negatives, each draw a function of seed, epoch and position; and the length of a step."""
