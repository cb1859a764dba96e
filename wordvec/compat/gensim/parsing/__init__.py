"""The parts of gensim.parsing that client programs call."""

from wordvec.compat.gensim.parsing import preprocessing

__all__ = ["preprocessing"]
