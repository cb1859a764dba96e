"""Other libraries' names on top of wordvec, so that code written for them runs with changed imports."""

from __future__ import annotations

import importlib
import pkgutil
import sys

from wordvec.errors import WordvecError


def stand_in_for_gensim() -> None:
    """Let ``import gensim`` find `wordvec.compat.gensim` in this process, for packages whose imports you do not edit.

    Call it before those packages are imported. Modules of gensim that are not here, such as ``gensim.corpora``, cannot
    be imported. Raises WordvecError if gensim itself was imported before.

    >>> stand_in_for_gensim()
    >>> from gensim.models import Word2Vec
    >>> Word2Vec.__module__
    'wordvec.compat.gensim.models.word2vec'
    """
    from wordvec.compat import gensim

    if sys.modules.get("gensim", gensim) is not gensim:
        raise WordvecError(
            "gensim itself was imported before, so that packages may hold its classes: call stand_in_for_gensim() "
            "first of all"
        )
    sys.modules["gensim"] = gensim
    for found in pkgutil.walk_packages(gensim.__path__, gensim.__name__ + "."):
        sys.modules[found.name.removeprefix("wordvec.compat.")] = importlib.import_module(found.name)
