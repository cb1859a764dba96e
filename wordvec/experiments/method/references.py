"""The works that a method paragraph names, as BibTeX."""

from __future__ import annotations

from collections.abc import Iterable

from wordvec import __version__

ENTRIES = {
    "mikolov2013efficient": """@misc{mikolov2013efficient,
  author = {Mikolov, Tomas and Chen, Kai and Corrado, Greg and Dean, Jeffrey},
  title = {Efficient Estimation of Word Representations in Vector Space},
  year = {2013},
  eprint = {1301.3781},
  archivePrefix = {arXiv}
}""",
    "mikolov2013distributed": """@inproceedings{mikolov2013distributed,
  author = {Mikolov, Tomas and Sutskever, Ilya and Chen, Kai and Corrado, Greg S. and Dean, Jeffrey},
  title = {Distributed Representations of Words and Phrases and their Compositionality},
  booktitle = {Advances in Neural Information Processing Systems 26},
  year = {2013}
}""",
    "pennington2014glove": """@inproceedings{pennington2014glove,
  author = {Pennington, Jeffrey and Socher, Richard and Manning, Christopher D.},
  title = {{GloVe}: Global Vectors for Word Representation},
  booktitle = {Proceedings of EMNLP 2014},
  pages = {1532--1543},
  year = {2014}
}""",
    "levy2015improving": """@article{levy2015improving,
  author = {Levy, Omer and Goldberg, Yoav and Dagan, Ido},
  title = {Improving Distributional Similarity with Lessons Learned from Word Embeddings},
  journal = {Transactions of the Association for Computational Linguistics},
  volume = {3},
  pages = {211--225},
  year = {2015}
}""",
    "schuetze1998automatic": """@article{schuetze1998automatic,
  author = {Sch{\\"u}tze, Hinrich},
  title = {Automatic Word Sense Discrimination},
  journal = {Computational Linguistics},
  volume = {24},
  number = {1},
  pages = {97--123},
  year = {1998}
}""",
    "arora2017simple": """@inproceedings{arora2017simple,
  author = {Arora, Sanjeev and Liang, Yingyu and Ma, Tengyu},
  title = {A Simple but Tough-to-Beat Baseline for Sentence Embeddings},
  booktitle = {International Conference on Learning Representations},
  year = {2017}
}""",
    "rodriguez2023embedding": """@article{rodriguez2023embedding,
  author = {Rodriguez, Pedro L. and Spirling, Arthur and Stewart, Brandon M.},
  title = {Embedding Regression: Models for Context-Specific Description and Inference},
  journal = {American Political Science Review},
  volume = {117},
  number = {4},
  pages = {1255--1274},
  year = {2023}
}""",
    "kish1965survey": """@book{kish1965survey,
  author = {Kish, Leslie},
  title = {Survey Sampling},
  publisher = {Wiley},
  address = {New York},
  year = {1965}
}""",
    "janssen1997studentized": """@article{janssen1997studentized,
  author = {Janssen, Arnold},
  title = {Studentized Permutation Tests for Non-i.i.d. Hypotheses and the Generalized {Behrens-Fisher} Problem},
  journal = {Statistics \\& Probability Letters},
  volume = {36},
  number = {1},
  pages = {9--21},
  year = {1997}
}""",
    "besag1991sequential": """@article{besag1991sequential,
  author = {Besag, Julian and Clifford, Peter},
  title = {Sequential {Monte Carlo} p-Values},
  journal = {Biometrika},
  volume = {78},
  number = {2},
  pages = {301--304},
  year = {1991}
}""",
    "benjamini1995controlling": """@article{benjamini1995controlling,
  author = {Benjamini, Yoav and Hochberg, Yosef},
  title = {Controlling the False Discovery Rate: A Practical and Powerful Approach to Multiple Testing},
  journal = {Journal of the Royal Statistical Society: Series B},
  volume = {57},
  number = {1},
  pages = {289--300},
  year = {1995}
}""",
    "antoniak2018evaluating": """@article{antoniak2018evaluating,
  author = {Antoniak, Maria and Mimno, David},
  title = {Evaluating the Stability of Embedding-based Word Similarities},
  journal = {Transactions of the Association for Computational Linguistics},
  volume = {6},
  pages = {107--119},
  year = {2018}
}""",
    "wordvec": f"""@software{{wordvec,
  title = {{wordvec}},
  version = {{{__version__}}}
}}""",
}
OF_TRAINER = {
    "skipgram": ("mikolov2013efficient", "mikolov2013distributed"),
    "cbow": ("mikolov2013efficient", "mikolov2013distributed"),
    "glove": ("pennington2014glove",),
    "svd": ("levy2015improving",),
    "ppmi": ("levy2015improving",),
}
OF_CHANGE = (
    "schuetze1998automatic",
    "arora2017simple",
    "rodriguez2023embedding",
    "janssen1997studentized",
    "besag1991sequential",
    "benjamini1995controlling",
    "antoniak2018evaluating",
)


def bibtex(keys: Iterable[str]) -> str:
    """The entries of these works and of wordvec itself, each once.

    >>> print(bibtex([]).splitlines()[0])
    @software{wordvec,
    """
    return "\n\n".join(ENTRIES[key] for key in dict.fromkeys([*keys, "wordvec"]))
