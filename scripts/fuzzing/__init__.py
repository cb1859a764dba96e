"""Structured fuzzing of every reader: mutators that know each format, targets that read, and the loop with limits."""
