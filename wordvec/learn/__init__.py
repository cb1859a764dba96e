"""Support for the course in docs/learn/: a checker for its exercises that explains mistakes, and its web page."""

from wordvec.learn.checker import Verdict, check

__all__ = ["Verdict", "check"]
