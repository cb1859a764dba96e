"""gensim.parsing, as far as client programs call it."""

from wordvec.compat.gensim.parsing import preprocessing

__all__ = ["preprocessing"]
