"""Other libraries' names over wordvec, so that code written for them runs with another import."""
