"""The course in docs/learn/: every program runs and prints what its page says, in three languages with one set of
programs; every number in the text is among those printed. What runs are the cells of the page's notebook, and they draw
the page's figure.
"""

import ast
import contextlib
import importlib.util
import io
import re
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "learn"
LANGUAGES = ("en", "ko", "ja")
NAMES = sorted(page.stem for page in (FOLDER / "en").glob("[0-9]*.md"))
PAGES = [(language, name) for language in LANGUAGES for name in NAMES]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?")
KNOWN = {"2.718"}  # e, which no program prints


def text_of(language, name):
    return (FOLDER / language / f"{name}.md").read_text(encoding="utf-8")


def notebook_script():
    specification = importlib.util.spec_from_file_location("notebooks", ROOT / "scripts" / "notebooks.py")
    script = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(script)
    return script


def blocks_of(language, name):
    """Program, what it prints, solutions, what they print; the programs as they are in the chapter's notebook."""
    text = text_of(language, name)
    blocks = FENCE.findall(text)
    assert [kind for kind, _ in blocks] == ["python", "text", "python", "text"]
    program, printed, solutions, answers = (code for _, code in blocks)
    if importlib.util.find_spec("jupytext"):  # else the programs of the page: tests/scripts holds them equal
        cells = notebook_script().notebook_of(text).cells
        program, solutions = (cell.source + "\n" for cell in cells if cell.cell_type == "code")
    return [program, printed, solutions, answers]


def run(code):
    """What the code prints."""
    with contextlib.redirect_stdout(io.StringIO()) as said, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="no installed font has glyphs")
        exec(compile(code, "a page", "exec"), {"__name__": "page"})
    return said.getvalue()


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def assert_says(found, expected):
    """The same words, and numbers that differ by no more than the last digit of a float32 computation."""
    assert NUMBER.sub("#", found).split() == NUMBER.sub("#", expected).split()
    values = [[float(number.replace(",", "")) for number in NUMBER.findall(said)] for said in (found, expected)]
    assert values[0] == pytest.approx(values[1], rel=0.02, abs=0.02)


def drawn_in(svg):
    """What a figure shows: the version that drew it, its texts, and all else as signs and numbers, without the texts'
    places, which the installed fonts decide.
    """
    version = re.search(r"<dc:title>(.*?)</dc:title>", svg)[1]
    body = svg.split("</metadata>")[1]
    texts = re.findall(r"(?:<!-- |<text[^>]*>)(.*?)(?: -->|</text>)", body)
    assert texts
    rest = re.sub(r'<g id="text_\d+">.*?\n {2,6}</g>|<defs>.*?</defs>|"\S*#\S+"|id="\w+"', "", body, flags=re.S)
    return version, texts, NUMBER.sub("#", rest).split(), [float(number) for number in NUMBER.findall(rest)]


def assert_same_figure(found, page, exactly=True):
    """The same texts; and by the same version of matplotlib the same shapes, up to a point of the page.

    Versions differ in how many powers of ten they write at an axis.
    """
    ours, theirs = drawn_in(found), drawn_in(page)
    is_same_version = ours[0] == theirs[0]
    said = [[text for text in texts if is_same_version or "mathdefault" not in text] for texts in (ours[1], theirs[1])]
    assert_says(*("\n".join(texts) for texts in said))
    if exactly and is_same_version:
        assert ours[2] == theirs[2]
        assert ours[3] == pytest.approx(theirs[3], rel=0.01, abs=1.5)


def assert_draws_the_figure(language, name):
    """The only picture in this folder is that of the page; texts alone where fonts for it may be missing.

    Where figures are drawn in another way now: run the page's program, and copy what it draws to docs/learn/figures/.
    """
    (figure,) = re.findall(r"\]\(\.\./figures/(\w+\.svg)\)", text_of(language, name))
    (drawn,) = Path().glob("*.svg")
    page = FOLDER / "figures" / figure
    assert_same_figure(drawn.read_text("utf-8"), page.read_text("utf-8"), exactly=language == "en")


def without_strings(code):
    """The program's tree with every text replaced; comments are not in it."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


def prose_of(language, name):
    return re.sub(r"`[^`]*`", "", FENCE.sub("", text_of(language, name)))


def bold_in(language, name):
    """The terms in bold, lower case."""
    return [" ".join(term.lower().split()) for term in re.findall(r"\*\*(.+?)\*\*", prose_of(language, name), re.S)]


def test_there_are_twelve_chapters_in_three_languages():
    assert len(NAMES) == 12
    for language in LANGUAGES:
        assert sorted(page.stem for page in (FOLDER / language).glob("[0-9]*.md")) == NAMES
    index = (FOLDER / "index.md").read_text(encoding="utf-8")
    assert all(f"{language}/{name}" in index for language, name in PAGES)


@pytest.mark.parametrize("name", NAMES)
def test_the_english_program_and_solutions_print_what_the_page_says(name):
    program, printed, solutions, answers = blocks_of("en", name)
    assert len(program.splitlines()) <= 30
    assert_says(run(program), printed)
    assert_draws_the_figure("en", name)
    assert_says(run(solutions), answers)
    assert answers.count(": right\n") == 3


@pytest.mark.parametrize("language, name", [(language, name) for language, name in PAGES if language != "en"])
def test_the_other_languages_have_the_same_programs(language, name):
    program, printed, solutions, answers = blocks_of(language, name)
    english = blocks_of("en", name)
    assert without_strings(program) == without_strings(english[0])
    if program == english[0]:
        assert printed == english[1]
    else:
        assert_says(run(program), printed)
        assert_draws_the_figure(language, name)
    assert_says(run(solutions), answers)
    assert answers.count({"ko": ": 맞습니다\n", "ja": ": 正解です\n"}[language]) == 3


@pytest.mark.parametrize("language, name", PAGES)
def test_every_decimal_number_of_the_text_is_computed_on_its_page(language, name):
    computed = "\n".join(code for _, code in FENCE.findall(text_of(language, name)))
    numbers = re.findall(r"\d+\.\d+", prose_of(language, name))
    known = KNOWN | set(re.findall(r"\d+\.\d+", computed))
    decimals = {float(number) for number in known}
    assert [number for number in numbers if float(number) not in decimals and number not in known] == []


@pytest.mark.parametrize("language, name", PAGES)
def test_every_page_has_its_figure_and_three_exercises(language, name):
    text = text_of(language, name)
    (figure,) = re.findall(r"!\[[^\]]+\]\(\.\./figures/(\w+\.svg)\)", text)
    assert (FOLDER / "figures" / figure).read_text(encoding="utf-8").startswith("<?xml")
    chapter = int(name[:2])
    for number in (1, 2, 3):
        assert f'check("{chapter}.{number}"' in text
        assert re.search(rf"^{number}\. ", text.split("\n## ")[2], re.M), "the exercise itself"


def glossary():
    """(chapter, English, Korean, Japanese) of each row; each term links to its chapter."""
    rows = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|", (FOLDER / "glossary.md").read_text("utf-8"), re.M)
    assert len(rows) > 70
    assert [int(row[0]) for row in rows] == sorted(int(row[0]) for row in rows)
    terms = []
    for chapter, *links in rows:
        found = [re.fullmatch(r"\[(.+)\]\((\w+)/(\w+)\.md\)", link).groups() for link in links]
        assert [(language, int(name[:2])) for _, language, name in found] == [
            (each, int(chapter)) for each in LANGUAGES
        ]
        assert {name for _, _, name in found} <= set(NAMES)
        terms.append((chapter, *(term for term, _, _ in found)))
    return terms


def first_uses(language, term, chapters):
    """Where the term stands in the text before it is explained: (chapter, what stands around it)."""
    pattern = re.compile(rf"\b{re.escape(term)}(?:s|es)?\b" if language == "en" else re.escape(term), re.I)
    for name in chapters:
        text = " ".join(re.sub(r"\A# .*\n", "", prose_of(language, name)).split())  # a title may name what comes
        found = pattern.search(text)
        if found and not (name == chapters[-1] and text[: found.start()].endswith("**")):
            yield name, text[max(0, found.start() - 40) : found.end() + 20]


@pytest.mark.parametrize("place, language", list(enumerate(LANGUAGES)))
def test_no_term_is_used_before_it_is_explained(place, language):
    early = []
    for row in glossary():
        chapters = [name for name in NAMES if int(name[:2]) <= int(row[0])]
        early += [(row[1 + place], *use) for use in first_uses(language, row[1 + place], chapters)]
    assert early == []


def test_an_early_use_is_found():
    assert [name for name, _ in first_uses("en", "weight", NAMES)] != []
    assert list(first_uses("en", "weight", NAMES[:1])) == []


@pytest.mark.parametrize("place, language", list(enumerate(LANGUAGES)))
def test_each_term_of_the_glossary_is_introduced_in_its_chapter(place, language):
    """In bold, where the chapter explains it."""
    lacking = []
    for row in glossary():
        name = next(name for name in NAMES if name.startswith(f"{int(row[0]):02}"))
        if row[1 + place].lower() not in bold_in(language, name):
            lacking.append((row[0], row[1 + place]))
    assert lacking == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_bold_term_is_in_the_glossary_and_explained_once(language):
    known = [row[1 + LANGUAGES.index(language)].lower() for row in glossary()]
    bold = [term for name in NAMES for term in bold_in(language, name)]
    assert sorted(set(bold) - set(known)) == []
    assert sorted({term for term in bold if bold.count(term) > 1}) == []


def test_the_comparison_finds_a_wrong_number_and_a_wrong_word():
    assert_says("loss 1.005 of 7", "loss 1.00 of 7")
    with pytest.raises(AssertionError):
        assert_says("loss 1.05 of 7", "loss 1.00 of 7")
    with pytest.raises(AssertionError):
        assert_says("lass 1.00", "loss 1.00")


def test_the_comparison_finds_a_moved_line_and_another_word():
    page = (FOLDER / "figures" / "valley.svg").read_text(encoding="utf-8")
    assert_same_figure(page, page)
    moved = re.findall(r"M \d+\.\d+ \d+\.\d+ ", page)[-1]
    with pytest.raises(AssertionError):
        assert_same_figure(page.replace(moved, "M 7.5 7.5 "), page)
    with pytest.raises(AssertionError):
        assert_same_figure(page.replace("−1.5</text>", "−2.5</text>"), page)
