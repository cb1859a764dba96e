"""File formats of vectors: a reader and writer for each, and shared parts."""
