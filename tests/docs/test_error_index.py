"""The error index names every public error, and quotes messages that exist."""

import ast
import re
from pathlib import Path

import pytest

import wordvec
from wordvec import errors
from wordvec.layers import GradientError

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "errors.md"
TEXT = PAGE.read_text(encoding="utf-8")
PUBLIC = {name for name, item in vars(errors).items() if isinstance(item, type) and issubclass(item, Exception)}
MESSAGES = re.findall(r"^\| \*(.+?)\* \|", TEXT, re.M)


def test_every_public_error_has_a_section():
    assert PUBLIC | {GradientError.__name__} == set(re.findall(r"^## (\w+)$", TEXT, re.M))
    for name in PUBLIC:
        section = TEXT.split(f"## {name}\n")[1].split("\n## ")[0]
        assert re.search(r"^\| \*.+\* \| .+ \| .+ \|$", section, re.M), f"{name}: no message with cause and way out"


@pytest.fixture(scope="module")
def texts():
    """All texts of the package, those in pieces (f-strings, and literals one after another) joined."""
    found = []
    for path in sorted(Path(wordvec.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                found.append("".join(part.value if isinstance(part, ast.Constant) else "..." for part in node.values))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return found


@pytest.mark.parametrize("message", MESSAGES)
def test_messages_exist(message, texts):
    pieces = [piece.strip() for piece in message.split("...") if len(piece.strip()) > 2]
    pattern = re.compile(r".*?".join(map(re.escape, pieces)), re.S)
    assert any(pattern.search(text) for text in texts), message
