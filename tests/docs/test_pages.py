"""Tools of the documentation: what a page loads from elsewhere is found, and docstrings become what they mean."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load(path):
    spec = importlib.util.spec_from_file_location(Path(path).stem + "_of_docs", ROOT / path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


check_pages, docstrings, generated = map(
    load, ("scripts/check_pages.py", "docs/_ext/docstrings.py", "docs/_ext/generated.py")
)


@pytest.mark.parametrize(
    "text, foreign",
    [
        ('<script async src="https://cdn.example/mathjax.js"></script>', True),
        ("<img alt='' src='//example.org/a.png'>", True),
        ('<link href="https://fonts.example/css" rel="stylesheet">', True),
        ("@font-face { src: url(http://example.org/font.woff2); }", True),
        ('@import "https://example.org/a.css";', True),
        ('<a href="https://example.org/">a link that a reader follows</a>', False),
        ('<script src="_static/a.js"></script><link rel="stylesheet" href="_static/a.css">', False),
        ('<link rel="canonical" href="https://example.org/page.html">', False),
        ("url(data:image/svg+xml;charset=utf-8,<svg xmlns='http://www.w3.org/2000/svg'/>)", False),
    ],
)
def test_what_a_page_loads_from_elsewhere(text, foreign):
    assert bool(check_pages.foreign_sources(text)) == foreign


def test_pages_are_checked_and_missing_ones_told(tmp_path, capsys):
    assert check_pages.main(str(tmp_path)) == 2
    (tmp_path / "a.html").write_text("<p>fine</p>", encoding="utf-8")
    assert check_pages.main(str(tmp_path)) == 0
    (tmp_path / "b.css").write_text("a { background: url(https://example.org/a.png) }", encoding="utf-8")
    assert check_pages.main(str(tmp_path)) == 1
    assert "b.css" in capsys.readouterr().err


def test_lists_of_names_become_definitions_and_signs_are_escaped():
    lines = [
        "Purpose of x_ and *y*, see `code_`.",
        "",
        "dim     the length",
        "        of a row",
        "x, y  2 ** 3",
        "",
        ">>> 1",
    ]
    assert docstrings.to_rst(lines) == [
        r"Purpose of x\_ and \*y\*, see `code_`.",
        "",
        "``dim``",
        "    the length",
        "    of a row",
        "``x, y``",
        r"    2 \*\* 3",
        "",
        ">>> 1",
        "",
    ]


def test_every_verb_and_option_is_on_the_generated_pages():
    from wordvec.cli import VERBS

    commands, options = generated.commands(), generated.options()
    assert all(f"## wordvec {verb}\n" in commands for verb in VERBS)
    assert "`--checkpoint-every SECONDS`" in commands
    assert "### wordvec corpus fetch" in commands
    assert "`learning_rate` = `None`\n: " in options


def test_every_extra_is_on_the_start_page():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    section = project.split("[project.optional-dependencies]\n")[1].split("\n[")[0]
    extras = re.findall(r"^([\w-]+) = \[", section, re.M)
    table = (ROOT / "docs/start.md").read_text(encoding="utf-8").split("\n## Extras\n")[1].split("\n## ")[0]
    assert "explorer" in extras
    assert [extra for extra in extras if f"`{extra}`" not in table] == []
