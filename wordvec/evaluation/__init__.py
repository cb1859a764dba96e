"""Scores of word vectors against human judgement, each with its interval, its coverage and its protocol."""

from wordvec.evaluation.analogy import AnalogyScore, SectionScore, evaluate_analogy
from wordvec.evaluation.protocols import PROTOCOLS, Protocol, get_protocol
from wordvec.evaluation.readers import AnalogyQuestions, WordPairs, read_analogies, read_pairs
from wordvec.evaluation.report import score_table, scores_as_dicts
from wordvec.evaluation.similarity import SimilarityScore, evaluate_similarity

__all__ = [
    "PROTOCOLS",
    "AnalogyQuestions",
    "AnalogyScore",
    "Protocol",
    "SectionScore",
    "SimilarityScore",
    "WordPairs",
    "evaluate_analogy",
    "evaluate_similarity",
    "get_protocol",
    "read_analogies",
    "read_pairs",
    "score_table",
    "scores_as_dicts",
]
