"""Scores of word vectors against human judgement, each with its interval, coverage and protocol."""

from wordvec.evaluation.analogy import AnalogyScore, SectionScore, evaluate_analogy
from wordvec.evaluation.bias import BiasScore, evaluate_bias
from wordvec.evaluation.clusters import CategorisationScore, evaluate_categorisation
from wordvec.evaluation.differences import Difference, compare_scores, holm, mcnemar
from wordvec.evaluation.files.readers import read_analogies, read_pairs
from wordvec.evaluation.files.set_files import AnalogyQuestions, WordPairs
from wordvec.evaluation.hit_rate import HitRateScore, evaluate_hit_rate
from wordvec.evaluation.model_comparison import ComparedSet, compare_models
from wordvec.evaluation.outliers import OutlierScore, evaluate_outliers
from wordvec.evaluation.protocols import PROTOCOLS, Protocol, get_protocol
from wordvec.evaluation.relations import RelationScore, evaluate_relations
from wordvec.evaluation.report import comparison_table, score_table, scores_as_dicts
from wordvec.evaluation.scores import Score
from wordvec.evaluation.sessions import SessionScore, evaluate_sessions, split_sessions
from wordvec.evaluation.similarity import SimilarityScore, evaluate_similarity
from wordvec.evaluation.tasks import TASKS, evaluate, evaluate_files, read_tasks, recognise

__all__ = [
    "PROTOCOLS",
    "TASKS",
    "AnalogyQuestions",
    "AnalogyScore",
    "BiasScore",
    "CategorisationScore",
    "ComparedSet",
    "Difference",
    "HitRateScore",
    "OutlierScore",
    "Protocol",
    "RelationScore",
    "Score",
    "SectionScore",
    "SessionScore",
    "SimilarityScore",
    "WordPairs",
    "compare_models",
    "compare_scores",
    "comparison_table",
    "evaluate",
    "evaluate_analogy",
    "evaluate_bias",
    "evaluate_categorisation",
    "evaluate_files",
    "evaluate_hit_rate",
    "evaluate_outliers",
    "evaluate_relations",
    "evaluate_sessions",
    "evaluate_similarity",
    "get_protocol",
    "holm",
    "mcnemar",
    "read_analogies",
    "read_pairs",
    "read_tasks",
    "recognise",
    "score_table",
    "scores_as_dicts",
    "split_sessions",
]
