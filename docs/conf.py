"""Sphinx configuration. scripts/docs.sh builds the pages; no page asks another host for anything."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from wordvec.version import __version__

project = "wordvec"
author = "the wordvec authors"
copyright = author
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_copybutton", "mathml", "docstrings", "generated"]
exclude_patterns = ["_ext", "_build", "README.md"]
source_suffix = {".md": "markdown"}
smartquotes = False  # --option is two hyphens
default_role = "code"  # `name` in a docstring is code
suppress_warnings = [
    "toc.empty_glob",  # folders whose pages are still to come
    "toc.duplicate_entry",
    "toc.not_included",  # pages of a folder that has an index of its own
]

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "attrs_inline", "fieldlist"]
myst_heading_anchors = 3
myst_links_external_new_tab = False

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 90
toc_object_entries_show_parents = "hide"

copybutton_prompt_text = r"\$ |>>> |\.\.\. "
copybutton_prompt_is_regexp = True

html_theme = "furo"
html_title = "wordvec"
html_static_path = ["_static"]
html_css_files = ["wordvec.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"top_of_page_buttons": []}
highlight_language = "text"
pygments_style = "friendly"
pygments_dark_style = "github-dark"
