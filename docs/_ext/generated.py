"""What pages say of options and commands comes from the program itself: a line ``<!-- generated: NAME -->`` in a page
is replaced by it when the page is read.
"""

import argparse
import ast
import re
import textwrap
from pathlib import Path

import wordvec

MARK = re.compile(r"^<!-- generated: (\w+) -->$", re.MULTILINE)


def options() -> str:
    """Every option of every trainer, with default and reason."""
    from wordvec.trainers import TRAINERS
    from wordvec.trainers.option_help import options_of

    parts = []
    for name, trainer in TRAINERS.items():
        parts.append(f"## {trainer.__name__}\n\n`--trainer {name}`, `wordvec.{trainer.__name__}`\n")
        parts += [
            f"`{option.name}` = `{option.default!r}`\n: {prose(option.reason)}\n" for option in options_of(trainer)
        ]
    return "\n".join(parts)


def commands() -> str:
    """Every verb of the command, from its parser."""
    from wordvec.cli import VERBS, _parsers

    parts = []
    for verb, purpose in VERBS.items():
        parser = _parsers([verb])[1][verb]
        parts += [f"## wordvec {verb}\n", *parser_parts(parser, purpose)]
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for name, below in action.choices.items():
                    parts += [f"### wordvec {verb} {name}\n", *parser_parts(below, "")]
    return "\n".join(parts)


def tools() -> str:
    """Functions and classes that `wordvec` itself does not export, documented under the module they are in today."""
    from wordvec.corpus.concordance import Concordance
    from wordvec.corpus.named_texts.fetch import fetch
    from wordvec.corpus.report import examine
    from wordvec.experiments.card import model_card
    from wordvec.experiments.compare import compare
    from wordvec.experiments.stability import neighbour_stability
    from wordvec.plots.exports import write_parquet, write_projector
    from wordvec.vectors.documents import mean_sentence_vectors, sif_sentence_vectors
    from wordvec.vectors.postprocessing import all_but_the_top, centered, principal_components, unit_length, whitened
    from wordvec.vectors.search.approximate import ApproximateSearch
    from wordvec.vectors.several_models.alignment import align
    from wordvec.vectors.several_models.comparison import compare_neighbours
    from wordvec.vectors.several_models.retrofitting import retrofit
    from wordvec.vectors.several_models.translation import Translator

    groups = {
        "Better vectors": (all_but_the_top, centered, principal_components, unit_length, whitened),
        "Sentences": (mean_sentence_vectors, sif_sentence_vectors),
        "Large vocabularies": (ApproximateSearch,),
        "Several models": (align, compare_neighbours, Translator, retrofit, neighbour_stability, compare),
        "About a text, about a model": (examine, Concordance, fetch, model_card, write_projector, write_parquet),
    }
    parts = []
    for title, items in groups.items():
        parts.append(f"### {title}\n\n```{{eval-rst}}")
        for item in items:
            kind, members = ("autoclass", "   :members:\n") if isinstance(item, type) else ("autofunction", "")
            parts.append(f".. {kind}:: {item.__module__}.{item.__qualname__}\n{members}")
        parts.append("```\n")
    return "\n".join(parts)


def rooms() -> str:
    """The folders of the package and the folders in them, each with the first sentence of its docstring."""
    package = Path(wordvec.__file__).parent
    parts = []
    for room in sorted(package.glob("*/__init__.py")):
        below = sorted(room.parent.glob("*/__init__.py"))
        parts.append(f"`{room.parent.name}`\n: {purpose_of(room)}\n")
        parts += [f"  - `{part.parent.name}`: {purpose_of(part)}" for part in below] + [""]
    return "\n".join(parts)


def purpose_of(file: Path) -> str:
    """The first sentence of a module's docstring."""
    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "(no description)"
    return prose(" ".join(text.split("\n\n")[0].split()).removesuffix("::"))


def protocols() -> str:
    """What each protocol of evaluation does, in its own words."""
    from wordvec.evaluation import PROTOCOLS

    return "\n".join(f"`{name}`\n: {prose(protocol.meaning)}\n" for name, protocol in PROTOCOLS.items())


def course() -> str:
    """The table of contents of the course, where there is one."""
    folder = Path(__file__).parents[1] / "learn"
    index = folder / "index.md"
    if not folder.is_dir():
        return ""
    has_contents = index.exists() and "{toctree}" in index.read_text(encoding="utf-8")
    entries = "learn/index" if has_contents else "learn/inde[x]\nlearn/**"
    return f"```{{toctree}}\n:hidden:\n:caption: Learn\n:glob:\n\n{entries}\n```"


def parser_parts(parser, purpose: str) -> list[str]:
    """One parser: its description, then its arguments by group."""
    parts = [described(paragraph) for paragraph in (parser.description or purpose).strip().split("\n\n")]
    for group in parser._action_groups:
        actions = [action for action in group._group_actions if action.help != argparse.SUPPRESS]
        actions = [a for a in actions if not isinstance(a, (argparse._HelpAction, argparse._SubParsersAction))]
        if not actions:
            continue
        title = {"positional arguments": "", "options": ""}.get(group.title, group.title)
        parts += [f"**{prose(title[0].upper() + title[1:])}**\n"] if title else []
        parts += [f"{usage_of(action)}\n: {prose(help_of(action))}\n" for action in actions]
    return parts


def described(paragraph: str) -> str:
    """A paragraph of a description: examples and tables as they are, prose as prose."""
    lines = paragraph.splitlines()
    first = [line for line in lines if not line.startswith((" ", "wordvec "))]
    if len(first) == len(lines):
        return prose(" ".join(lines)) + "\n"
    if lines[0] in first and len(first) == 1:  # a heading of a table
        return f"{prose(lines[0])}\n\n```text\n" + "\n".join(lines[1:]) + "\n```\n"
    return "```text\n" + textwrap.dedent(paragraph) + "\n```\n"


def usage_of(action) -> str:
    """How an argument is written."""
    metavar = action.metavar or (action.dest.upper() if action.nargs != 0 else "")
    if action.choices and not action.metavar:
        metavar = "|".join(map(str, action.choices))
    metavar = " ".join(metavar) if isinstance(metavar, tuple) else metavar
    if not action.option_strings:
        return f"`{metavar}`"
    value = "" if action.nargs == 0 else f" {metavar}"
    return ", ".join(f"`{flag}{value}`" for flag in action.option_strings)


def help_of(action) -> str:
    """The help of an argument, with what argparse fills in."""
    text = action.help or "(no description)"
    return text % {**vars(action), "prog": "wordvec"} if "%(" in text or "%%" in text else text


def prose(text: str) -> str:
    """Text of the program as Markdown: signs that Markdown would take for its own are escaped, code is left."""
    pieces = re.split(r"(`+[^`]+`+)", text)
    return "".join(piece if i % 2 else re.sub(r"([*_<>\[\]|#$~])", r"\\\1", piece) for i, piece in enumerate(pieces))


def insert(app, docname, source):
    """For Sphinx: fill in the marks of a page."""
    source[0] = MARK.sub(lambda mark: globals()[mark[1]](), source[0])


def setup(app):
    """Called by Sphinx."""
    app.connect("source-read", insert)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
