"""What README and the documentation show works: Python blocks run, command lines parse, and some of them run, too.

A page's ```python blocks run one after another in one namespace, in a folder that holds my-text.txt. All ```console
lines that begin with "$ wordvec" go through the command's parser; the lines of a block below "<!-- run -->" are run.
A python block below "<!-- not run: REASON -->" is left out.
"""

import re
import shlex
from pathlib import Path
from typing import NamedTuple

import pytest

from wordvec.cli import build_parser, main
from wordvec.corpus import read_lines
from wordvec.errors import MissingExtraError

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
PAGES += [page for page in sorted((ROOT / "docs").rglob("*.md")) if "_build" not in page.parts]
FENCE = re.compile(
    r"(?:<!-- (?P<mark>[^\n]*?) -->\n)?^(?P<ticks>```+)(?P<language>\w*)\n(?P<code>.*?)^(?P=ticks)$", re.M | re.S
)
UNSURE = ("docs/_build", "docs/learn")  # built, or not in every checkout
LINES_OF_TEXT = 3000  # of tiny-world, as my-text.txt


class Block(NamedTuple):
    language: str
    mark: str
    code: str
    line: int


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(found["language"], found["mark"] or "", found["code"], text.count("\n", 0, found.start("code")) + 1)
        for found in FENCE.finditer(text)
    ]


def commands_of(block: Block) -> list[list[str]]:
    """The arguments of each line "$ wordvec ..." that is one command of its own, without pipes and redirections."""
    commands = []
    for line in block.code.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True) if line.startswith("$ wordvec ") else []
        if words and not {"|", "<", ">", "&&", ";", "&"} & set(words):
            commands.append(words[2:])
    return commands


def having(language: str, mark: str = "") -> list:
    pages = [page for page in PAGES if any(b.language == language and b.mark.startswith(mark) for b in blocks_of(page))]
    return [pytest.param(page, id=str(page.relative_to(ROOT))) for page in pages]


@pytest.fixture(scope="module")
def text():
    lines = [line for _, line in zip(range(LINES_OF_TEXT), read_lines("tiny-world"))]
    return "\n".join(lines) + "\n"


@pytest.fixture
def folder(tmp_path, monkeypatch, text):
    (tmp_path / "my-text.txt").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", having("python"))
def test_python_blocks_run(page, folder):
    names = {"__name__": "page"}
    for block in blocks_of(page):
        if block.language == "python" and not block.mark.startswith("not run: "):
            code = compile("\n" * (block.line - 1) + block.code, str(page), "exec")
            try:
                exec(code, names)
            except (MissingExtraError, ModuleNotFoundError) as error:
                if isinstance(error, ModuleNotFoundError) and (error.name or "wordvec").startswith("wordvec"):
                    raise
                pytest.skip(f"{page.name} needs an extra: {error}")


@pytest.mark.parametrize("page", having("console"))
def test_command_lines_are_understood(page, capsys):
    for block in blocks_of(page):
        for arguments in commands_of(block) if block.language == "console" else []:
            status = 0
            try:
                build_parser(arguments).parse_args(arguments)
            except SystemExit as exit_:
                status = exit_.code
            assert not status, (page.name, block.line, arguments, capsys.readouterr().err)


@pytest.mark.parametrize("page", having("console", "run"))
def test_command_lines_run(page, folder, capsys):
    for block in blocks_of(page):
        for arguments in commands_of(block) if block.language == "console" and block.mark == "run" else []:
            assert main(arguments) == 0, (page.name, block.line, arguments, capsys.readouterr().err)


def test_a_wrong_option_of_a_page_is_found(tmp_path, capsys):
    page = tmp_path / "page.md"
    page.write_text("```console\n$ wordvec train a.txt -o b --epoch 3 # a comment\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="--epoch"):
        test_command_lines_are_understood(page, capsys)


def test_an_error_of_a_page_is_found(tmp_path):
    page = tmp_path / "page.md"
    blocks = ["<!-- not run: wrong -->\n```python\n1 / 0\n```\n", "```python\nx = 1\nx / 0\n```\n"]
    page.write_text("\n".join(blocks), encoding="utf-8")
    with pytest.raises(ZeroDivisionError) as error:
        test_python_blocks_run(page, tmp_path)
    assert error.traceback[-1].lineno + 1 == 8


@pytest.mark.parametrize("page", [pytest.param(page, id=page.name) for page in PAGES[:2]])
def test_links_of_the_front_pages_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", [pytest.param(page, id=str(page.relative_to(ROOT))) for page in PAGES])
def test_files_that_a_page_names_exist(page):
    named = re.findall(r"`((?:wordvec|scripts|tests|docs|corpora)/[\w./-]+)`", page.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists() and not name.startswith(UNSURE)] == []
