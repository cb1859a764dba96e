"""Vectors and neighbours as HTML for notebooks; see `wordvec.vectors.notebook`, where `_repr_html_` finds them."""

from wordvec.vectors.notebook import neighbours_as_html, vectors_as_html

__all__ = ["neighbours_as_html", "vectors_as_html"]
