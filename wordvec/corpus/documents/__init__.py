"""Documents of a corpus: which sentence belongs to which document, each document's metadata, and where its text is."""
