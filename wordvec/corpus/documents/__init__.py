"""Documents of a corpus: which sentence is of which document, what is known of each, and where its text lies."""
