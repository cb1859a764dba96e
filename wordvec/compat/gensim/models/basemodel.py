"""gensim.models.basemodel: a class that programs ask whether a model is of it."""

from __future__ import annotations


class BaseTopicModel:
    """Topic models are not here: no model is one of these."""
