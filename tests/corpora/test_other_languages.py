"""tiny-world in Korean and Japanese: the same promises as in English, and grammar that depends on sounds."""

import hashlib
import re
from collections import Counter

import pytest

from wordvec.corpus import Corpus
from wordvec.corpus.named_texts import EVALUATION_SETS, _generator, bundled_corpus, bundled_evaluation
from wordvec.trainers import SVD

NAMES = ("tiny-world-ko", "tiny-world-ja")
GOLDEN = {
    "tiny-world-ko": ("2891cada7d574234", "41a3a38cb7a798eb"),
    "tiny-world-ja": ("e0325c5f1dd56e70", "333e856edc458189"),
}


@pytest.fixture(scope="module", params=NAMES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def text(name):
    return list(bundled_corpus(name))


@pytest.fixture(scope="module")
def questions(name):
    return [line.split() for line in bundled_evaluation(f"{name}-analogies") if not line.startswith(":")]


def test_golden_text(name, text):
    """The same bytes on every platform and Python: the course's numbers move with them."""
    sets = [*bundled_evaluation(f"{name}-analogies"), *bundled_evaluation(f"{name}-similarity")]
    assert tuple(hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16] for lines in (text, sets)) == GOLDEN[name]


def test_every_word_of_the_ground_truth_is_learnable_and_every_question_has_one_answer(name, text, questions):
    counts = Counter(word for line in text for word in line.split())
    assert 200_000 <= counts.total() < 200_020
    assert min(counts[word] for question in questions for word in question) >= 50
    pairs = [line.split("\t") for line in bundled_evaluation(f"{name}-similarity")]
    assert min(counts[word] for pair in pairs for word in pair[:2]) >= 50
    assert Counter(pair[2] for pair in pairs) == {"0": 100, "2": 100, "6": 200}
    assert max(Counter(tuple(question[:3]) for question in questions).values()) == 1
    assert all(len(set(question)) == 4 for question in questions)


def test_no_word_has_two_meanings_and_every_template_names_its_role(name):
    world, facts = _generator(name).WORLD, _generator(name).common.facts
    tables = [*world.tables.values(), world.scenes]
    words = Counter(word for table in tables for row in facts.rows(table) for k, word in row.items() if k != "scene")
    assert [word for word, count in words.items() if count > 1] == []
    templates = [text for domain in world.sentences.values() for role in domain.values() for text in role]
    literal = {word for text in [*templates, world.names] for word in re.sub(r"{\w+}|[\[\]|]", " ", text).split()}
    assert literal & set(words) == set()
    for domain, roles in world.sentences.items():
        assert set(roles) == set(facts.roles(world.tables[domain]))
        columns = set(world.entities(domain)[0]) | {"name"}
        for role, texts in roles.items():
            for text in texts:
                assert role in re.findall(r"{(\w+)}", text), text
                assert set(re.findall(r"{(\w+)}", text)) <= columns, text


def test_the_facts_can_be_learnt(name, text):
    vectors = SVD(dim=50, window=5).fit(Corpus.build(name)).vectors
    boy, prince, girl, princess = {
        "tiny-world-ko": ("소년", "왕자", "소녀", "공주"),
        "tiny-world-ja": ("少年", "王子", "少女", "王女"),
    }[name]
    assert princess in [word for word, _ in vectors.analogy(boy, prince, girl, k=3)]


def test_particles_of_korean_follow_the_syllable_before_them():
    text = " ".join(bundled_corpus("tiny-world-ko", words=20_000))
    forms = {"은": True, "는": False, "이": True, "을": True, "를": False, "과": True, "와": False}
    for noun, particle in re.findall(r"([가-힣]) (은|는|을|를|과|와) ", text):
        assert ((ord(noun) - 0xAC00) % 28 > 0) == forms[particle], (noun, particle)
    assert "/" not in text
    assert " 루블 로 " in text
    assert " 원 으로 " in text


def test_evaluation_sets_have_the_names_of_their_texts():
    assert {f"{name}-{kind}" for name in NAMES for kind in ("analogies", "similarity")} < set(EVALUATION_SETS)
