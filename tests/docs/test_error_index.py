"""The error index names every public error, quotes messages that exist, and explains each code in three languages."""

import ast
import re
from pathlib import Path

import pytest

import wordvec
from wordvec import error_codes, errors
from wordvec.cli import main
from wordvec.error_codes import CLASSES, CODES, code_of, fits
from wordvec.layers import GradientError

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "errors.md"
TEXT = PAGE.read_text(encoding="utf-8")
PUBLIC = {name for name, item in vars(errors).items() if isinstance(item, type) and issubclass(item, Exception)}
ROWS = dict(re.findall(r"^\| (WV\d{4}) \| \*(.+?)\* \|", TEXT, re.M))
MESSAGES = list(ROWS.values())
OTHERS = {code for code, (_, text) in CODES.items() if not text}
LANGUAGES = [TEXT.split("\n## Errors in ")[k] for k in (0, 1, 2)]  # English, Korean, Japanese


def test_every_public_error_has_a_section():
    assert PUBLIC | {GradientError.__name__} == set(re.findall(r"^## (\w+)$", TEXT, re.M))
    for name in PUBLIC:
        section = TEXT.split(f"## {name}\n")[1].split("\n## ")[0]
        assert re.search(r"^\| WV\d{4} \| \*.+\* \| .+ \| .+ \|$", section, re.M), (
            f"{name}: no message with cause and way out"
        )


@pytest.fixture(scope="module")
def texts():
    """All texts of the package, those in pieces (f-strings, and literals one after another) joined."""
    found = []
    for path in sorted(Path(wordvec.__file__).parent.rglob("*.py")):
        if path.name == "error_codes.py":  # repeats them
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                found.append("".join(part.value if isinstance(part, ast.Constant) else "..." for part in node.values))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return found


@pytest.mark.parametrize("message", MESSAGES)
def test_messages_exist(message, texts):
    pieces = [piece.strip(": ") for piece in message.split("...") if len(piece.strip()) > 2]
    for piece in pieces:  # one by one: a message may be joined from several texts
        assert any(piece in text for text in texts), piece


def test_codes_of_the_index_are_those_of_the_program():
    assert {code: text for code, (_, text) in CODES.items() if text} == ROWS
    for code, (kind, _) in CODES.items():
        assert code in TEXT.split(f"\n## {kind}\n")[1].split("\n## ")[0], (code, kind)
        assert CLASSES[kind][:4] == code[:4]
    assert set(CLASSES) == PUBLIC | {GradientError.__name__}
    assert len({*CODES.values()}) == len(CODES)


def test_every_code_is_explained_in_each_language():
    own = {getattr(error_codes, name) for name in ("USAGE", "SYSTEM", "MEMORY", "THREADS", "OUTPUT")}
    for page in LANGUAGES:
        explained = re.findall(r"^\| (WV\d{4}) \| [^|]+ \| [^|]+ \|", page, re.M)
        assert sorted(explained) == sorted(own | CODES.keys())


@pytest.mark.parametrize("code", ROWS)
def test_a_message_gets_its_code(code):
    """Each text with something in its gaps, in an error of its class: no other message of the class takes it."""
    kind, text = CODES[code]
    message = text.replace("...", "7 x")
    error = type(kind, (Exception,), {})(message)
    assert fits(text, message)
    assert code_of(error) == code


@pytest.mark.parametrize(
    "arguments, code",
    [
        (["trian"], "WV0001"),
        (["similar"], "WV0001"),
        (["similar", "v", "--no"], "WV0001"),
        (["similar", "nowhere.safetensors", "king"], "WV0400"),
        (["train", "empty.txt", "-o", "v.safetensors"], "WV0301"),
        (["train", "empty.txt", "-o", "v.safetensors", "--trainer", "none"], "WV0701"),
        (["train", "empty.txt", "-o", "v.safetensors", "--dim", "0", "--trainer", "svd"], "WV0702"),
        (["train", "empty.txt", "-o", "no/v.safetensors"], "WV0201"),
    ],
)
def test_the_command_prints_the_code_at_the_end_of_its_line(arguments, code, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("empty.txt").touch()
    assert main(arguments) == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.endswith(f" [{code}]")
