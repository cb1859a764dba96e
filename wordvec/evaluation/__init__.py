"""Scores of word vectors against human judgement, each with its interval, its coverage and its protocol."""

from wordvec.evaluation.analogy import AnalogyScore, SectionScore, evaluate_analogy
from wordvec.evaluation.differences import Difference, compare_scores, holm, mcnemar
from wordvec.evaluation.protocols import PROTOCOLS, Protocol, get_protocol
from wordvec.evaluation.readers import read_analogies, read_pairs
from wordvec.evaluation.report import score_table, scores_as_dicts
from wordvec.evaluation.scores import Score
from wordvec.evaluation.sets import AnalogyQuestions, WordPairs
from wordvec.evaluation.similarity import SimilarityScore, evaluate_similarity
from wordvec.evaluation.tasks import TASKS, evaluate

__all__ = [
    "PROTOCOLS",
    "TASKS",
    "AnalogyQuestions",
    "AnalogyScore",
    "Difference",
    "Protocol",
    "Score",
    "SectionScore",
    "SimilarityScore",
    "WordPairs",
    "compare_scores",
    "evaluate",
    "evaluate_analogy",
    "evaluate_similarity",
    "get_protocol",
    "holm",
    "mcnemar",
    "read_analogies",
    "read_pairs",
    "score_table",
    "scores_as_dicts",
]
