import hashlib
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from wordvec.corpus import Corpus
from wordvec.corpus.named_texts import _generator, bundled_corpus, bundled_evaluation

SCRIPT = Path(__file__).resolve().parents[2] / "corpora" / "tiny_world.py"
tiny_world = _generator("tiny-world")
facts, grammar = tiny_world.facts, tiny_world.grammar


@pytest.fixture(scope="module")
def text():
    return list(bundled_corpus("tiny-world"))


@pytest.fixture(scope="module")
def questions():
    return [line.split() for line in bundled_evaluation("tiny-world-analogies") if not line.startswith(":")]


def test_golden_text(text):
    """The same bytes on every platform and Python: change them only on purpose, all figures move with them."""
    assert text[0] == (
        "tourists in ulaanbaatar admire morinkhuur and gobi . a single guitar was left with the applause . "
        "the president and government of korea are proud of hallasan ."
    )
    assert (
        hashlib.sha256("\n".join(text).encode()).hexdigest()
        == "5ca6cce49489668e27a59f3a4b2b8639cb4951dc328bfd35adb109a336634251"
    )
    sets = "\n".join([*tiny_world.analogies(), *tiny_world.similarities()])
    assert (
        hashlib.sha256(sets.encode()).hexdigest() == "73fd5b329eb57134805617d7ced3be962d807c77eb978dc0ef994520132fc050"
    )


@pytest.mark.parametrize("words", [1, 10, 5000])
def test_size_is_honoured_and_the_seed_decides(words):
    lines = list(tiny_world.generate(words, seed=2))
    count = sum(len(line.split()) for line in lines)
    assert words <= count < words + 20
    assert lines == list(tiny_world.generate(words, seed=2))
    assert lines != list(tiny_world.generate(words, seed=3))


def test_every_word_of_the_ground_truth_is_learnable(text, questions):
    counts = Counter(word for line in text for word in line.split())
    assert 300_000 <= counts.total() < 300_020
    assert min(counts[word] for question in questions for word in question) >= 50
    pairs = [line.split("\t") for line in bundled_evaluation("tiny-world-similarity")]
    assert min(counts[word] for pair in pairs for word in pair[:2]) >= 50


def test_every_question_has_one_answer(questions):
    assert 2000 < len(questions) < 4000
    assert len({tuple(question) for question in questions}) == len(questions)
    assert all(len(set(question)) == 4 for question in questions)
    asked = Counter(tuple(question[:3]) for question in questions)
    assert max(asked.values()) == 1


def test_no_word_has_two_meanings():
    tables = [table for name, table in vars(facts).items() if name.isupper()]
    words = Counter(word for table in tables for row in facts.rows(table) for k, word in row.items() if k != "scene")
    assert [word for word, count in words.items() if count > 1] == []
    templates = [t for domain in tiny_world.DOMAINS for role in getattr(grammar, domain).values() for t in role]
    literal = {word for t in [*templates, grammar.NAMES] for word in re.sub(r"{\w+}|[\[\]|]", " ", t).split()}
    assert literal & set(words) == set()


def test_every_template_names_its_role_and_belongs_to_a_table():
    for domain in tiny_world.DOMAINS:
        assert set(getattr(grammar, domain)) == set(facts.roles(getattr(facts, domain)))
        columns = set(facts.entities(getattr(facts, domain))[0]) | {"name"}
        for role, templates in getattr(grammar, domain).items():
            for template in templates:
                slots = re.findall(r"{(\w+)}", template)
                assert role in slots, template
                assert set(slots) <= columns, template
                assert template.endswith(" ."), template


def test_similarities_score_what_words_share():
    scores = {frozenset(line.split("\t")[:2]): int(line.split("\t")[2]) for line in tiny_world.similarities()}
    assert Counter(scores.values()) == {0: 100, 2: 100, 6: 200}
    role_of = {
        row[role]: (domain, role, number)
        for domain in tiny_world.DOMAINS
        for number, row in enumerate(facts.entities(getattr(facts, domain)))
        for role in facts.roles(getattr(facts, domain))
    }
    for pair, score in scores.items():
        (domain1, role1, number1), (domain2, role2, number2) = (role_of[word] for word in pair)
        same_domain = domain1 == domain2
        assert score == same_domain * (2 + 4 * (role1 == role2) + 4 * (number1 == number2))


def test_the_facts_can_be_learnt_from_the_text(text, questions):
    """PPMI on whole paragraphs, the plainest method there is, answers nearly all; a shuffled text teaches nothing."""
    assert accuracy(text, questions) > 0.95
    words = " ".join(text).split()
    np.random.default_rng(1).shuffle(words)
    assert accuracy([" ".join(words[i : i + 27]) for i in range(0, len(words), 27)], questions) < 0.05


def accuracy(lines, questions):
    corpus = Corpus.from_texts(lines)
    size = len(corpus.vocabulary)
    sentence_of = np.repeat(np.arange(len(corpus.sentence_starts) - 1), np.diff(corpus.sentence_starts))
    counts = np.zeros((size, size))
    for distance in range(1, 6):
        together = sentence_of[distance:] == sentence_of[:-distance]
        np.add.at(counts, (corpus.ids[:-distance][together], corpus.ids[distance:][together]), 1)
    counts += counts.T
    rows, columns = counts.sum(1, keepdims=True), counts.sum(0, keepdims=True)
    ppmi = np.log(np.maximum(counts * counts.sum() / (rows * columns), 1))
    X = ppmi / np.linalg.norm(ppmi, axis=1, keepdims=True)
    a, b, c, d = np.array([[corpus.vocabulary.id(word) for word in question] for question in questions]).T
    scores = (X[b] - X[a] + X[c]) @ X.T
    for given_word in (a, b, c):
        scores[np.arange(len(a)), given_word] = -np.inf
    return (scores.argmax(1) == d).mean()


def test_command_writes_three_files(tmp_path):
    command = [sys.executable, str(SCRIPT), "--words", "2000", "--seed", "4", "-o", str(tmp_path / "out" / "tiny")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == 3
    folder = tmp_path / "out" / "tiny"
    assert (folder / "tiny-world.txt").read_text().splitlines() == list(tiny_world.generate(2000, 4))
    assert (folder / "tiny-world-analogies.txt").read_text().splitlines() == list(tiny_world.analogies())
    assert (folder / "tiny-world-similarity.txt").read_text().splitlines() == list(tiny_world.similarities())
    refused = subprocess.run([*command[:2], "--words", "0", "-o", str(tmp_path)], capture_output=True, text=True)
    assert refused.returncode == 2
    assert "--words must be 1 or more" in refused.stderr
