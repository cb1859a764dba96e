import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.errors import OptionError, ShapeError
from wordvec.evaluation.tables import STYLES, Strong, format_table
from wordvec.terminal import display_width

ROWS = [["glove", "0.701", "[0.65, 0.75]"], ["skip_gram", "0.5", ""]]
HEADINGS = ["trainer", "score", "95 % interval"]


def test_text_aligns_numbers_to_the_right_and_leaves_no_trailing_spaces():
    assert format_table(ROWS, HEADINGS).split("\n") == [
        "trainer    score  95 % interval",
        "glove      0.701  [0.65, 0.75]",
        "skip_gram    0.5",
    ]


def test_wide_characters_keep_columns_in_line():
    lines = format_table([["고양이", "1"], ["cat", "22"]], ["word", "n"]).split("\n")
    assert [display_width(line) for line in lines] == [10, 10, 10]


def test_columns_to_the_right_can_be_named():
    assert format_table([["nothing evaluated"], ["1"]], ["score"], right=[0]).split("\n")[2] == " " * 16 + "1"


def test_markdown():
    table = format_table([[Strong("a_b"), "1"], ["x](y)|`z`", "2"]], ["na|me", "n"], style="markdown")
    assert table.split("\n") == [
        r"| na\|me | n |",
        "| --- | ---: |",
        r"| **a\_b** | 1 |",
        r"| x\](y)\|\`z\` | 2 |",
    ]


def test_latex_escapes_what_latex_would_read():
    table = format_table([["50 % & {x}_1 \\ ~^", "1"], ["[0.1, 0.2]", Strong("2")]], ["set", "n"], style="latex")
    assert table.split("\n") == [
        r"\begin{tabular}{lr} % needs \usepackage{booktabs}",
        r"  \toprule",
        r"  set & n \\",
        r"  \midrule",
        r"  50 \% \& \{x\}\_1 \textbackslash{} \textasciitilde{}\textasciicircum{} & 1 \\",
        r"  {[}0.1, 0.2] & \textbf{2} \\",
        r"  \bottomrule",
        r"\end{tabular}",
    ]


@given(
    st.lists(
        st.lists(
            st.text(st.characters(blacklist_characters="\r\0", blacklist_categories=["Cs"])), min_size=2, max_size=2
        )
    )
)
def test_csv_comes_back_as_it_was(rows):
    out = format_table(rows, ["a", "b"], style="csv")
    assert list(csv.reader(io.StringIO(out, newline=""))) == [["a", "b"], *rows]


@given(st.text(max_size=20), st.sampled_from(["text", "markdown"]))
def test_a_row_is_one_line(cell, style):
    lines = format_table([[cell, "1"]], ["a", "b"], style=style).split("\n")
    assert len(lines) == (2 if style == "text" else 3)


@pytest.mark.parametrize("style", STYLES)
def test_no_rows(style):
    assert "a" in format_table([], ["a", "b"], style=style)


def test_wrong_style_and_uneven_rows():
    with pytest.raises(OptionError, match="text, markdown, latex, csv; got 'html'"):
        format_table([], ["a"], style="html")
    with pytest.raises(ShapeError, match="row 1 of a table has 1 cells; its headings are 2"):
        format_table([["1", "2"], ["3"]], ["a", "b"])


def test_a_word_cannot_turn_the_row_around():
    for style in ("text", "markdown", "latex"):
        table = format_table([["\u202eabc", "0.701"], ["\u200dd", "0.1"]], ["word", "score"], style)
        assert "\u202e" not in table and "u202eabc" in table and "\u200dd" in table
