"""From text to ids: readers, tokenizers, vocabulary and the memory-mapped corpus."""

from __future__ import annotations

from wordvec.corpus.corpus import Corpus
from wordvec.corpus.draws.examples import contexts_and_targets, number_words
from wordvec.corpus.encode.tokenizers import get_tokenizer
from wordvec.corpus.phrases import Phrases
from wordvec.corpus.read import read_lines
from wordvec.corpus.vocabulary import Vocabulary

__all__ = ["Corpus", "Phrases", "Vocabulary", "contexts_and_targets", "get_tokenizer", "number_words", "read_lines"]
