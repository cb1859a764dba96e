"""The version, which files of vectors, corpora and reports name."""

__version__ = "0.1.0"
