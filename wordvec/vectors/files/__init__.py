"""The formats that files of vectors have: one reader and writer each, and what they share."""
