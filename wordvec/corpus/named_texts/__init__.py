"""Texts requested by name: generated texts that come with wordvec, and published corpora that are downloaded."""
