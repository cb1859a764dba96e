"""Packages that import gensim find wordvec's stand-in, once it was asked for."""

from __future__ import annotations

import importlib
import sys
import types

import pytest

from wordvec.compat import gensim, stand_in_for_gensim
from wordvec.errors import WordvecError


@pytest.fixture(autouse=True)
def no_gensim(monkeypatch):
    """As in a process that has imported nothing of it."""
    for name in [name for name in sys.modules if name.split(".")[0] == "gensim"]:
        monkeypatch.delitem(sys.modules, name)


def test_every_way_of_importing_finds_the_same_classes():
    stand_in_for_gensim()
    stand_in_for_gensim()  # twice does no harm
    found = {}
    exec(
        "import gensim\n"
        "import gensim.models.word2vec as w\n"
        "from gensim.models.doc2vec import Doc2Vec, TaggedDocument\n"
        "from gensim.models import KeyedVectors\n"
        "from gensim.utils import simple_preprocess\n"
        "from gensim.parsing.preprocessing import strip_tags\n",
        found,
    )
    assert found["gensim"] is gensim and found["w"].Word2Vec is gensim.Word2Vec is found["gensim"].models.Word2Vec
    assert found["KeyedVectors"] is gensim.KeyedVectors and found["Doc2Vec"] is gensim.Doc2Vec
    with pytest.raises(ModuleNotFoundError, match=r"gensim\.corpora"):
        importlib.import_module("gensim.corpora")


def test_gensim_itself_is_not_replaced(monkeypatch):
    monkeypatch.setitem(sys.modules, "gensim", types.ModuleType("gensim"))
    with pytest.raises(WordvecError, match="imported before"):
        stand_in_for_gensim()
    assert sys.modules["gensim"] is not gensim
