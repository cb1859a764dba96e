"""The explorer: a map of words to search, click and lasso, as one offline HTML file or served from this machine.

::

    WordVectors ─► make_model (words, map, clusters, small rows) ─► make_html (page/*.html, *.css, *.js) ─► file
                                                               └─► serve (exact answers over all words)
"""

from wordvec.explorer.html import make_html, write_page
from wordvec.explorer.model import PageModel, make_model, make_models
from wordvec.explorer.server import serve

__all__ = ["PageModel", "make_html", "make_model", "make_models", "serve", "write_page"]
