"""Docstrings of wordvec as reStructuredText: prose is prose, lists of names with reasons are lists.

A docstring here is plain text for ``help()``: an asterisk is a multiplication, W_in is no link, and a list of options
is lines of a name, two spaces or more, and its reason.
"""

import dataclasses
import re

ENTRY = re.compile(r"([\w.]+(?:, [\w.]+)*) {2,}(\S.*)|(\w+ = \S+)$")  # "name   reason", or "name = default"
CODE = re.compile(r"``.+?``|`[^`]+`", re.DOTALL)
DRAWING = re.compile(r"\w {3,}\w")


def to_rst(lines):
    """The lines of one docstring, converted paragraph by paragraph."""
    converted = []
    literal = False
    for paragraph in paragraphs(lines):
        indented = paragraph[0].startswith("    ")
        literal = literal and indented
        if literal or paragraph[0].lstrip().startswith(">>>"):
            converted += [*paragraph, ""]
        else:
            converted += [*as_entries(paragraph), ""]
        literal = literal or paragraph[-1].endswith("::")
    return converted


def paragraphs(lines):
    """Runs of lines that are not blank."""
    run = []
    for line in [*lines, ""]:
        if line.strip():
            run.append(line.rstrip())
        elif run:
            yield run
            run = []


def as_entries(paragraph):
    """A paragraph of entries as a definition list; other prose with its signs escaped."""
    if not any(ENTRY.fullmatch(line.strip()) for line in paragraph) and not DRAWING.search("\n".join(paragraph)):
        return escaped("\n".join(paragraph)).split("\n")
    lines, entry = [], None
    for line in paragraph:
        found = ENTRY.fullmatch(line.strip())
        depth = len(line) - len(line.lstrip())
        if found and (entry is None or depth <= entry):
            name, reason = (found[1], escaped(found[2])) if found[1] else (found[3], "")
            entry = depth
            lines += [" " * depth + f"``{name}``", *([" " * depth + "    " + reason] if reason else [])]
        elif entry is not None and depth > entry:
            lines.append(" " * (entry + 4) + escaped(line.strip()))
        elif entry is not None or DRAWING.search(line):
            return ["::", "", *("    " + text for text in paragraph)]  # a drawing or a table of another kind
        else:
            lines.append(" " * depth + escaped(line.strip()))
    return lines


def escaped(text):
    """Prose in which only code in backticks has a meaning of its own."""
    parts, end = [], 0
    for code in CODE.finditer(text):
        parts += [_escape(text[end : code.start()]), code[0]]
        end = code.end()
    return "".join([*parts, _escape(text[end:])])


def _escape(text):
    text = re.sub(r"([*|`\\])", r"\\\1", text)
    return re.sub(r"_(?=\W|$)", r"\\_", text)


def convert(app, what, name, obj, options, lines):
    """For autodoc: replace the lines of a docstring in place."""
    lines[:] = to_rst(lines)


def signature(app, what, name, obj, options, given, returns):
    """For autodoc: trainers take any options by ``__new__``, to explain wrong ones; show their own."""
    if what == "class" and dataclasses.is_dataclass(obj) and given.startswith("(*args"):
        parameters = [f"{f.name}: {f.type} = {f.default!r}" for f in dataclasses.fields(obj)]
        return f"({', '.join(parameters)})", returns
    return None


def setup(app):
    """Called by Sphinx."""
    app.connect("autodoc-process-signature", signature)
    app.connect("autodoc-process-docstring", convert)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
