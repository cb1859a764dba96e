"""What the course in docs/learn/ needs: answers to its exercises that say what is wrong, and its interactive page."""

from wordvec.learn.checker import Verdict, check

__all__ = ["Verdict", "check"]
