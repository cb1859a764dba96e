"""Texts asked for by name: generated ones that come with wordvec, and published corpora that are downloaded."""
