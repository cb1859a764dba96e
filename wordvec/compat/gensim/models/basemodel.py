"""gensim.models.basemodel: a class that programs use in isinstance checks."""

from __future__ import annotations


class BaseTopicModel:
    """The class of topic models. There are none here, so no model is an instance."""
