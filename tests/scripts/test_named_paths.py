"""Shell scripts name files that exist, so that a file that moves does not leave them behind."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATH = re.compile(r"(?<![\w/.])(?:tests|scripts|wordvec|corpora|docs)/[\w/{},.-]*[\w}]")
MADE = {"docs/_build"}  # by the scripts themselves


def named_paths(text):
    """Paths below the project's folders, ``a/{b,c}.py`` as two."""
    for found in PATH.findall(text):
        before, _, rest = found.partition("{")
        names, _, after = rest.partition("}")
        yield from (before + name + after for name in names.split(","))


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "scripts").glob("*.sh")))
def test_named_files_exist(script):
    found = set(named_paths((ROOT / "scripts" / script).read_text(encoding="utf-8")))
    missing = {path for path in found if not (ROOT / path).exists() and not any(path.startswith(made) for made in MADE)}
    assert missing == set()


def test_braces_are_several_paths():
    assert list(named_paths("pytest tests/a/test_{b,c}.py 'docs/d.md'")) == [
        "tests/a/test_b.py",
        "tests/a/test_c.py",
        "docs/d.md",
    ]
