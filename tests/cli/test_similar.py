"""`wordvec similar` and `wordvec analogy`: questions by argument, by line and at a prompt."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from wordvec import WordVectors
from wordvec.cli import main
from wordvec.cli.questions import TOGETHER, parse_question, read_questions
from wordvec.cli.similar import completions, converse
from wordvec.errors import InputError

WORDS = ["man", "woman", "king", "queen", "apple", "new york", "-1"]
MATRIX = [[1, 0, 1], [1, 1, 0], [2, 0, 1], [2, 1, 0], [0, 0.1, -3], [0, 1, -3], [1, -1, 0]]


@pytest.fixture
def vectors() -> WordVectors:
    return WordVectors(WORDS, np.array(MATRIX, np.float32), np.array([7, 6, 5, 4, 3, 2, 1]))


@pytest.fixture
def file(vectors, tmp_path, monkeypatch) -> str:
    monkeypatch.chdir(tmp_path)
    vectors.save("v.safetensors")
    return "v.safetensors"


class Standard(io.TextIOWrapper):
    """A standard input that holds some bytes, and may be a terminal."""

    def __init__(self, content: bytes, terminal: bool = False) -> None:
        super().__init__(io.BytesIO(content), "utf-8")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.fixture
def run(capsys, monkeypatch):
    def run(*arguments, stdin: bytes = b"", terminal: bool = False):
        monkeypatch.setattr(sys, "stdin", Standard(stdin, terminal))
        status = main([str(argument) for argument in arguments])
        output = capsys.readouterr()
        return status, output.out, output.err

    return run


def words_of(out: str) -> list[str]:
    return [line[10:] if line.startswith("  ") else line for line in out.splitlines()]


def test_a_question_is_a_word_before_it_is_a_sum(vectors):
    for text in ("new york", "-1", "king"):
        assert parse_question(text, vectors).positive == (text,)
    asked = parse_question("king -man +woman apple", vectors)
    assert (asked.positive, asked.negative) == (("king", "woman", "apple"), ("man",))
    assert parse_question("-man", vectors).negative == ("man",)
    asked = parse_question("new york +king -new york", vectors)
    assert (asked.positive, asked.negative) == (("new york", "king"), ("new york",))
    assert parse_question(" ", vectors).positive == ()
    for wrong in ("king - man", "+"):
        with pytest.raises(InputError, match="without a word; write it before the word"):
            parse_question(wrong, vectors)


def test_sums_by_argument(file, run):
    _, out, _ = run("similar", file, "king -man +woman", "new york", "-k", "1")
    assert words_of(out) == ["king -man +woman", "queen", "new york", "apple"]


def test_an_unknown_name_with_spaces_is_one_word_where_words_hold_spaces(file, run):
    assert (
        "'new yorke' is not among the 7 words of these vectors; did you mean 'new york'?"
        in run("similar", file, "new yorke -king")[2]
    )


def test_options_may_stand_anywhere(file, run):
    _, plain, _ = run("similar", file, "king", "man", "-k", "2", "--top", "4")
    for order in (
        ("similar", file, "--top", 4, "king", "man", "-k", 2),
        ("similar", "-k", 2, "--top", 4, file, "king", "man"),
        ("similar", file, "king", "-k", 2, "man", "--top", 4),
    ):
        assert run(*order)[:2] == (0, plain)
    assert run("similar", file, "king", "--tops", "3")[0] == 2


def test_filters(file, run):
    def asked(*options):
        return words_of(run("similar", file, "king", *options)[1])[1:]

    assert asked("--top", 2) == ["man", "woman"]
    assert asked("--min-count", 6) == ["man", "woman"]
    assert asked("--pattern", "n$") == ["man", "queen", "woman"]
    Path("list.txt").write_text("apple\nqueen\nlemon\n", encoding="utf-8")
    status, out, err = run("similar", file, "king", "--among", "list.txt")
    assert (status, words_of(out)) == (0, ["king", "queen", "apple"])
    assert "list.txt: 1 of 3 words are not among the vectors: 'lemon'" in err
    status, out, err = run("similar", file, "king", "--pattern", "(")
    assert (status, out) == (2, "")
    assert "'(' is not a regular expression" in err


def test_lines_of_the_standard_input_are_questions(file, run):
    status, out, err = run("similar", file, "-k", 1, stdin=b"\xef\xbb\xbfking -man +woman\n\n  apple \r\nnew york")
    assert (status, err) == (0, "")
    assert words_of(out) == ["king -man +woman", "queen", "apple", "new york", "new york", "apple"]
    of_a_mac = run("similar", file, "-k", 1, stdin=b"\xef\xbb\xbfking -man +woman\r\r  apple\rnew york")
    assert of_a_mac == (0, out, "")
    assert "line 3: " in run("similar", file, stdin=b"king\r\rquen\r")[2]


def test_what_cannot_be_answered_is_located_and_the_rest_is_answered(file, run):
    stdin = b"king\nquen\nKing\napple -apple\n\n" + b"caf\xe9\nman -\nman\n"
    status, out, err = run("similar", file, "-k", 1, stdin=stdin)
    assert status == 2
    assert words_of(out) == ["king", "man", "man", "king"]
    lines = err.splitlines()
    assert [line.split(": ")[1] for line in lines[:-1]] == ["line 2", "line 3", "line 4", "line 6", "line 7"]
    assert "did you mean 'queen'" in lines[0]
    assert "did you mean 'king'" in lines[1]
    assert "points nowhere" in lines[2]
    assert r"caf\\xe9" in lines[3]
    assert lines[-1] == "wordvec similar: 5 questions have no answer, see above [WV0208]"


def test_many_lines_keep_their_order(file, run):
    asked = [WORDS[i % 4] if i % 50 else "nobody" for i in range(2 * TOGETHER + 7)]
    status, out, err = run("similar", file, "-k", 1, stdin="\n".join(asked).encode())
    assert words_of(out)[::2] == [word for word in asked if word != "nobody"]
    assert (status, err.count("'nobody'")) == (2, asked.count("nobody"))
    assert f"line {2 * TOGETHER - 11}" in err


def test_several_words_of_which_one_is_unknown(file, run):
    status, out, err = run("similar", file, "king", "quen", "-k", 1)
    assert (status, words_of(out)) == (2, ["king", "man"])
    assert err.splitlines()[0].startswith("wordvec: quen: 'quen' is not among")
    assert err.splitlines()[1] == "wordvec similar: 1 question has no answer, see above [WV0208]"
    status, out, err = run("similar", file, "quen")
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_json_is_one_object_with_null_for_what_has_no_answer(file, run):
    status, out, _ = run("similar", file, "--json", "-k", 1, stdin=b"king\nquen\n")
    assert status == 2
    assert json.loads(out) == {"king": [{"word": "man", "score": pytest.approx(0.9**0.5)}], "quen": None}
    assert run("similar", file, "--json", stdin=b"")[:2] == (0, "{}\n")


def test_words_that_would_steer_the_terminal_are_shown_harmless(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    WordVectors(["a", "b\x1b[2J"], np.eye(2)).save("v.safetensors")
    assert "\x1b" not in run("similar", "v.safetensors", "a")[1]


def test_without_words_on_a_terminal_there_is_a_prompt(file, run, monkeypatch):
    typed = iter(["king", "quen", "", "?", KeyboardInterrupt, "king -man +woman", EOFError])

    def ask(prompt: str) -> str:
        text = next(typed)
        if isinstance(text, str):
            return text
        raise text

    monkeypatch.setattr("wordvec.cli.similar.converse.__defaults__", (None, ask))
    status, out, err = run("similar", file, "-k", 1, terminal=True)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("7 words of 3 dimensions. a word, or a sum such as king -man +woman")
    assert words_of("\n".join(lines[1:3])) == ["king", "man"]
    assert "did you mean 'queen'" in lines[3]
    assert lines[4].startswith("a word, or a sum")
    assert words_of("\n".join(lines[6:8])) == ["king -man +woman", "queen"]


def test_the_prompt_answers_with_the_same_filters(vectors, capsys):
    typed = iter(["king"])
    shown = []

    def ask(_: str) -> str:
        for text in typed:
            return text
        raise EOFError

    converse(vectors, shown.append, 2, vectors.select(pattern="^a|^w"), ask)
    assert [word for word, _ in shown[0].neighbours] == ["woman", "apple"]


def test_completions(vectors):
    assert completions(vectors, "+") == ["+" + word for word in WORDS]
    assert completions(vectors, "-que") == ["-queen"]
    assert completions(vectors, "zzz") == []
    assert len(completions(WordVectors([f"w{i}" for i in range(99)], np.ones((99, 1))), "w")) == 50


def test_questions_are_read_as_they_come():
    class Endless(io.BytesIO):
        def __next__(self) -> bytes:
            return b"king\n"

    lines = read_questions(Endless())
    assert [next(lines)[1] for _ in range(3)] == ["line 1", "line 2", "line 3"]


def test_similar_shows_the_lines_of_a_corpus_behind(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text("the king wore a crown\nthe queen wore a crown\n" * 5, encoding="utf-8")
    assert run("corpus", "build", "text.txt", "-o", "corpus", "--min-count", 1)[0] == 0
    WordVectors(["king", "queen", "pear"], np.array([[1, 0], [1, 0.5], [0, 1.0]])).save("v.safetensors")
    status, out, err = run("similar", "v.safetensors", "king", "--in", "corpus", "--lines", 3)
    assert status == 0
    assert "king and queen: never within 5 words of each other" in out
    assert "[the]  queen  wore [a] [crown]" in out
    assert "--in: 'pear' is not in the vocabulary" in err
    _, out, _ = run("similar", "v.safetensors", "king", "--in", "corpus", "--json")
    queen, pear = json.loads(out)["king"]
    assert queen["evidence"]["together"] == 0
    assert pear["evidence"] is None
    _, out, err = run("similar", "v.safetensors", "king -pear", "--in", "corpus")
    assert "'king -pear' is not a word of the corpus" in err
    assert run("similar", "v.safetensors", "king", "--in", "corpus", "--lines", 0)[0] == 2
    assert run("similar", "v.safetensors", "king", "--in", "nowhere")[0] == 2


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul", "pair-direction"])
def test_analogies_by_each_method_and_with_filters(file, run, method):
    asked = ("analogy", file, "man", "king", "woman", "--method", method, "--json")
    _, out, _ = run(*asked, "-k", 1)
    assert json.loads(out)["answers"][0]["word"] == "queen"
    _, out, _ = run(*asked, "--pattern", "^[^q]", "--top", 5)
    assert [row["word"] for row in json.loads(out)["answers"]] == ["apple"]
    assert run("analogy", file, "man", "king", "woman", "--method", "3cosdiv")[0] == 2


def test_stability_stands_beside_the_neighbours(tmp_path, capsys):

    from wordvec.experiments.stability import Stability
    from wordvec.experiments.stability.results import save_stability

    file, kept = tmp_path / "v.npz", tmp_path / "seeds.tsv"
    WordVectors(["cat", "dog", "car"], np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0]])).save(file)
    save_stability(Stability(("cat", "dog"), np.array([0.5, 0.25]), k=10, models=3), kept)
    assert main(["similar", str(file), "cat", "--stability", str(kept)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "cat"
    assert "overlap@10 over 3" in lines[1]
    assert lines[1].endswith("cat:  0.50")
    assert lines[2].split() == ["0.993", "0.25", "dog"]
    assert lines[3].split() == ["0.100", "-", "car"]
    assert main(["similar", str(file), "cat", "--stability", str(kept), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["cat"]
    assert [row["stability"] for row in rows] == [0.25, None]
    assert main(["similar", str(file), "cat", "--stability", str(file)]) == 2
    assert "v.npz" in capsys.readouterr().err


def test_the_gpu_gives_the_same_answers(gpu_standin, tmp_path, capsys):
    file = tmp_path / "v.npz"
    WordVectors(WORDS, np.array(MATRIX, float)).save(file)
    answers = []
    for device in ("cpu", "gpu"):
        assert main(["similar", str(file), "king -man +woman", "apple", "-k", "3", "--device", device]) == 0
        answers.append(capsys.readouterr().out)
    assert answers[0] == answers[1]
    assert main(["similar", str(file), "king", "--device", "gpu", "--top", "3"]) == 2
    assert "leave --top" in capsys.readouterr().err
