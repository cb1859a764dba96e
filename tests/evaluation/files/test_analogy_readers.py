from __future__ import annotations

import numpy as np
import pytest

from wordvec.errors import EvaluationFileError
from wordvec.evaluation import evaluate_analogy, read_analogies
from wordvec.vectors import WordVectors


def write(path, content: str):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def test_msr_has_its_answers_beside_it(tmp_path):
    path = write(tmp_path / "word_relationship.questions", "good better rough\nbetter good rougher\n")
    with pytest.raises(EvaluationFileError, match=r"expected beside it, in word_relationship\.answers"):
        read_analogies(path)
    write(tmp_path / "word_relationship.answers", "JJ_JJR rougher\nJJR_JJ rough\n")
    questions = read_analogies(path)
    assert questions.sections == {
        "JJ_JJR": (("good", "better", "rough", "rougher"),),
        "JJR_JJ": (("better", "good", "rougher", "rough"),),
    }
    assert questions.name == "word_relationship" and "MSR" in questions.notes[0]
    write(tmp_path / "word_relationship.answers", "JJ_JJR rougher\n")
    with pytest.raises(EvaluationFileError, match="2 questions, but 1 answer in"):
        read_analogies(path)
    write(tmp_path / "word_relationship.answers", "JJ_JJR rougher\nrough\n")
    with pytest.raises(EvaluationFileError, match="line 2: expected three words, a tag and the answer"):
        read_analogies(path)


def test_msr_in_one_file(tmp_path):
    path = write(tmp_path / "EN-MSR.txt", "good better rough JJ_JJR rougher\n")
    assert read_analogies(path).sections == {"JJ_JJR": (("good", "better", "rough", "rougher"),)}


def test_bats_asks_all_pairs_and_accepts_all_answers(tmp_path):
    folder = tmp_path / "BATS_3.0"
    write(folder / "1_Inflectional" / "I01 [noun - plural].txt", "cat\tcats\nox\toxen/oxes\nman\tmen\n")
    write(folder / "4_Lexicographic" / "L01 [hypernyms].txt", "cat\tfeline/animal\nox\tcattle\n")
    write(folder / "1_Inflectional" / ".hidden.txt", "not a table\n")
    questions = read_analogies(folder)
    assert questions.name == "BATS_3.0" and list(questions.sections) == ["I01 [noun - plural]", "L01 [hypernyms]"]
    plural, hypernyms = questions.sections.values()
    assert plural == (
        ("cat", "cats", "ox", ("oxen", "oxes")),
        ("cat", "cats", "man", ("men",)),
        ("ox", "oxen", "cat", ("cats",)),
        ("ox", "oxen", "man", ("men",)),
        ("man", "men", "cat", ("cats",)),
        ("man", "men", "ox", ("oxen", "oxes")),
    )
    assert hypernyms[1] == ("ox", "cattle", "cat", ("feline", "animal"))
    assert read_analogies(folder / "4_Lexicographic" / "L01 [hypernyms].txt").sections["L01 [hypernyms]"] == hypernyms


def test_bats_counts_any_accepted_answer(tmp_path):
    words = ["cat", "cats", "ox", "oxen", "oxes"]
    matrix = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 0.6, 1], [0, 1, 1.0]])
    path = write(tmp_path / "I02.txt", "cat\tcats\nox\toxen/oxes\n")
    result = evaluate_analogy(WordVectors(words, matrix), path)
    assert (result.items, result.covered, result.outcomes[0]) == (2, 2, 1.0)


def test_a_long_list_is_not_asked_in_all_pairs(tmp_path):
    path = write(tmp_path / "pairs.tsv", "".join(f"a{i}\tb{i}\n" for i in range(2_001)))
    with pytest.raises(EvaluationFileError, match=r"line 2001: 2,001 lines of a word and its answers.*2,000 are read"):
        read_analogies(path)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.txt": "cat\tcats\nox oxen\n"}, r"a\.txt: line 2: 'ox oxen'; files of BATS"),
        ({"a.txt": ""}, r"a\.txt: empty"),
        ({"a.txt": "cat\t/\nox\toxen\n"}, r"a\.txt: line 1: expected a word, a tab and answers"),
        ({"a.csv": "cat\tcats\n"}, r"a folder without \.txt files"),
    ],
)
def test_bad_folders_are_named(tmp_path, files, message):
    for name, content in files.items():
        write(tmp_path / "b" / name, content)
    with pytest.raises(EvaluationFileError, match=message):
        read_analogies(tmp_path / "b")


def test_tables_with_named_columns(tmp_path):
    path = write(tmp_path / "q.csv", ",type,word1,word2,word3,target\n0,JJ_JJR,good,better,rough,rougher\n")
    assert read_analogies(path).sections == {"JJ_JJR": (("good", "better", "rough", "rougher"),)}
    path = write(tmp_path / "q.csv", "word1,word2,word3,word4\nsolar system,sun,atom,nucleus\n")
    assert read_analogies(path).sections == {"(no section)": (("solar system", "sun", "atom", "nucleus"),)}
    for content, message in (
        ("word1,word2,word3,target\na,b,c\n", "line 2: expected 4 fields as in the header; got 3"),
        ("word1,word2,word3,target\na,b,,d\n", "line 2: one of the four words is missing"),
        ("word1,word2,word3,target\n", "no questions"),
    ):
        with pytest.raises(EvaluationFileError, match=message):
            read_analogies(write(tmp_path / "q.csv", content))


def test_repeated_questions_are_said(tmp_path):
    path = write(tmp_path / "q.txt", ": s\na b c d\na b c d\n: t\na b c d\n")
    assert read_analogies(path).notes == ("questions that occur more than once in their section: 1; all of them count",)


def test_a_file_called_questions_may_be_in_googles_form(tmp_path):
    path = write(tmp_path / "german.questions", ": nouns: SI/PL\nHaus Häuser Baum Bäume\n")
    assert read_analogies(path).sections == {"nouns: SI/PL": (("Haus", "Häuser", "Baum", "Bäume"),)}
