"""wordvec: word embeddings from your own text, readable as layers, fast as kernels, honest in evaluation."""

__version__ = "0.1.0"
