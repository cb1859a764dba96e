"""The version, which is recorded in files of vectors, corpora and reports."""

__version__ = "0.1.0"
