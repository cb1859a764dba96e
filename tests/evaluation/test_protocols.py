"""Each protocol gives the numbers of the program it is named after."""

from __future__ import annotations

import os
import re
import subprocess

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.evaluation import PROTOCOLS, evaluate_analogy, evaluate_hit_rate, evaluate_similarity, score_table
from wordvec.vectors import WordVectors

BINARY = "WORDVEC_COMPUTE_ACCURACY"  # environment: a compiled compute-accuracy of word2vec.c
SECTIONS = ("capital-common-countries", "capital-world", "currency", "city-in-state", "family", "gram1", "gram2")


def model(seed: int, size: int = 400, dim: int = 8, cased: bool = False, copies: bool = False) -> WordVectors:
    """Words on a lattice with noise, so that many analogies hold; with case variants and equal rows on request."""
    rng = np.random.default_rng(seed)
    stems, forms = rng.normal(size=(size // 4, dim)), rng.normal(size=(4, dim))
    matrix = (stems[:, None] + forms + 0.35 * rng.normal(size=(size // 4, 4, dim))).reshape(-1, dim)
    words = [f"w{i}x{j}" for i in range(size // 4) for j in range(4)]
    if cased:
        words = [word.upper() if rng.random() < 0.2 else word for word in words]
        extra = rng.permutation(size)[: size // 4]
        words += [words[i].swapcase() for i in extra]
        matrix = np.concatenate([matrix, matrix[extra] + 0.1 * rng.normal(size=(len(extra), dim))])
    if copies:
        matrix[1::3] = matrix[::3][: len(matrix[1::3])]
    order = rng.permutation(len(words))
    lengths = rng.uniform(0.2, 5, size=(len(words), 1))
    return WordVectors([words[i] for i in order], (matrix * lengths)[order].astype(np.float32))


def questions(tmp_path, seed: int, size: int = 400, count: int = 150):
    rng = np.random.default_rng(seed + 100)
    lines = []
    for section in SECTIONS:
        lines.append(f": {section}")
        for _ in range(count // len(SECTIONS)):
            i, k = rng.integers(size // 4 + 5, size=2)  # some stems are unknown
            j, m = rng.integers(4, size=2)
            words = [f"w{i}x{j}", f"w{i}x{m}", f"w{k}x{j}", f"w{k}x{m}"]
            lines.append(" ".join(word.title() if rng.random() < 0.3 else word for word in words))
    path = tmp_path / "questions.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


CASES = [
    {"seed": 1},
    {"seed": 2, "cased": True},
    {"seed": 3, "copies": True},
    {"seed": 4, "cased": True, "copies": True},
    {"seed": 5, "dim": 1},
]


# gensim


def keyed_vectors(vectors: WordVectors):
    gensim = pytest.importorskip("gensim.models", reason="needs gensim, the extra bench")
    peer = gensim.KeyedVectors(vectors.dim)
    peer.add_vectors(list(vectors.words), np.array(vectors.matrix))
    return peer


@pytest.mark.parametrize("restrict", [None, 300, 20])
@pytest.mark.parametrize("case", CASES)
def test_gensims_analogies(tmp_path, case, restrict):
    vectors, path = model(**case), questions(tmp_path, case["seed"])
    limit = {} if restrict is None else {"restrict_vocab": restrict}
    score, sections = keyed_vectors(vectors).evaluate_word_analogies(str(path), **limit)
    ours = evaluate_analogy(vectors, path, protocol="gensim", **limit)
    assert (ours.score or 0.0) == score
    assert ours.covered == sum(len(sections[-1][kind]) for kind in ("correct", "incorrect"))
    assert len(vectors) == ours.restrict_vocab or restrict == ours.restrict_vocab
    for mine, theirs in zip(ours.sections, sections):
        right, wrong = len(theirs["correct"]), len(theirs["incorrect"])
        assert (mine.name, mine.covered) == (theirs["section"], right + wrong)
        assert mine.score == (right / (right + wrong) if right + wrong else None)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), size=st.integers(4, 30), dim=st.integers(1, 4))
def test_gensims_ties_and_odd_vocabularies(tmp_path_factory, seed, size, dim):
    """Few distinct rows, few words, case variants by the dozen: gensim's five nearest run out, ties are everywhere."""
    rng = np.random.default_rng(seed)
    words = list(dict.fromkeys("".join(rng.choice(list("abAB"), rng.integers(1, 4))) for _ in range(size)))
    rows = rng.integers(-1, 2, size=(len(words), dim)).astype(np.float32)
    rows[(rows == 0).all(axis=1)] = 1
    vectors = WordVectors(words, rows)
    lines = [": s", *(" ".join(rng.choice(words, 4)) for _ in range(20))]
    path = tmp_path_factory.mktemp("g") / "q.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    with np.errstate(all="ignore"):
        score, _ = keyed_vectors(vectors).evaluate_word_analogies(str(path))
        assert evaluate_analogy(vectors, path, protocol="gensim").score == score


@pytest.mark.parametrize("case", CASES)
def test_gensims_similarities(tmp_path, case):
    vectors = model(**case)
    rng = np.random.default_rng(case["seed"])
    pairs = [(f"W{i}x{j}", f"w{k}X{m}", round(float(s), 1)) for i, j, k, m, s in rng.integers(110, size=(200, 5)) % 9]
    path = tmp_path / "pairs.tsv"
    path.write_text("".join(f"{a}\t{b}\t{s}\n" for a, b, s in pairs), encoding="utf-8")
    pearson, spearman, unknown = keyed_vectors(vectors).evaluate_word_pairs(str(path))
    ours = evaluate_similarity(vectors, path, protocol="gensim")
    assert ours.score == spearman.statistic
    assert ours.pearson == pytest.approx(pearson.statistic, abs=1e-14)
    assert 100 * (1 - ours.covered / ours.items) == pytest.approx(unknown)


# word2vec.c: as compute-accuracy is documented to work


def compute_accuracy(vectors: WordVectors, path, threshold: int):
    """Right and asked questions by section, one question and one candidate after the other."""
    words = [re.sub("[a-z]", lambda m: m[0].upper(), word) for word in vectors.words[:threshold]]
    rows = np.array(vectors.matrix[:threshold], np.float32)
    rows /= np.sqrt(np.cumsum(rows * rows, axis=1, dtype=np.float32)[:, -1:])
    sections: list[list[int]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(":"):
            sections.append([0, 0])
            continue
        asked = [re.sub("[a-z]", lambda m: m[0].upper(), word) for word in line.split()]
        if any(word not in words for word in asked):
            continue
        given = [words.index(word) for word in asked[:3]]  # the first of those alike
        target = (rows[given[1]] - rows[given[0]]) + rows[given[2]]
        best, answer = np.float32(0), None
        for row, word in enumerate(words):
            if row not in given:
                score = np.cumsum(target * rows[row], dtype=np.float32)[-1]
                if score > best:
                    best, answer = score, word
        sections[-1][0] += answer == asked[3]
        sections[-1][1] += 1
    return sections


@pytest.mark.parametrize("case", CASES)
def test_word2vecs_analogies(tmp_path, case):
    vectors, path = model(**case), questions(tmp_path, case["seed"])
    for threshold in (400, 60):
        expected = compute_accuracy(vectors, path, threshold)
        ours = evaluate_analogy(vectors, path, protocol="word2vec.c", restrict_vocab=threshold)
        found = [[round((part.score or 0) * part.covered), part.covered] for part in ours.sections]
        assert found == expected
        for kind, parts in ((ours.semantic, expected[:5]), (ours.syntactic, expected[5:])):
            right, asked = np.sum(parts, axis=0)
            assert kind.covered == asked and kind.score == (right / asked if asked else None)


def test_word2vec_answers_only_with_a_cosine_above_zero():
    vectors = WordVectors(["a", "b", "c", "d"], np.array([[0, 1], [1, 0], [1, 0.1], [-1, 0]]))
    asked = [("a", "b", "c", "d")]
    assert evaluate_analogy(vectors, asked).score == 1.0
    assert evaluate_analogy(vectors, asked, protocol="word2vec.c").score == 0.0


@pytest.mark.skipif(BINARY not in os.environ, reason=f"{BINARY} names no compiled compute-accuracy of word2vec.c")
@pytest.mark.parametrize("case", CASES[:4])
def test_word2vecs_own_program(tmp_path, case):
    vectors, path = model(**case), questions(tmp_path, case["seed"])
    vectors.save(tmp_path / "v.bin", "word2vec-binary")
    with open(path, encoding="utf-8") as file:
        command = [os.environ[BINARY], str(tmp_path / "v.bin"), "300"]
        out = subprocess.run(command, stdin=file, capture_output=True, text=True, check=True).stdout
    ours = evaluate_analogy(vectors, path, protocol="word2vec.c", restrict_vocab=300)
    found = [(int(right), int(asked)) for right, asked in re.findall(r"TOP1: \S+ %  \((\d+) / (\d+)\)", out)]
    assert found == [(round((part.score or 0) * part.covered), max(part.covered, 1)) for part in ours.sections]
    *_, totals = re.findall(r"Total accuracy: (\S+) %   Semantic accuracy: (\S+) %   Syntactic accuracy: (\S+) %", out)
    assert totals == tuple(f"{100 * part.score:.2f}" for part in (ours, ours.semantic, ours.syntactic))
    assert re.findall(r"Questions seen / total: (\d+) (\d+)", out) == [(str(ours.covered), str(ours.items))]


# GloVe: as its evaluate.py is documented to work


@pytest.mark.parametrize("case", CASES[:4])
def test_gloves_analogies(tmp_path, case):
    vectors, path = model(**case), questions(tmp_path, case["seed"])
    words = [*vectors.words, "<unk>"]
    matrix = np.concatenate([vectors.matrix, vectors.matrix.mean(axis=0, keepdims=True)]).astype(np.float32)
    ours = evaluate_analogy(WordVectors(words, matrix), path, protocol="glove")
    rows = matrix[:-1].astype(np.float64)
    unit = rows / np.sqrt((rows**2).sum(axis=1))[:, None]
    ids = {word: row for row, word in enumerate(vectors.words)}
    asked = [line.lower().split() for line in path.read_text(encoding="utf-8").splitlines() if line[0] != ":"]
    seen = [[ids[word] for word in question] for question in asked if all(word in ids for word in question)]
    right = []
    for a, b, c, d in seen:
        cosines = unit @ (unit[b] - unit[a] + unit[c])
        cosines[[a, b, c]] = -np.inf
        right.append(cosines.argmax() == d)
    assert (ours.items, ours.covered, ours.score) == (len(asked), len(seen), np.mean(right))
    assert ours.of_all == sum(right) / len(asked)
    assert (ours.semantic.items, ours.syntactic.items) == (5 * 21, 2 * 21)


# What the protocols do with words


def test_case_by_protocol():
    """The set has "Athens"; the vectors have "ATHENS" first and "athens" later."""
    vectors = WordVectors(["ATHENS", "oslo", "athens"], np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
    cosine = {
        protocol: evaluate_similarity(vectors, [("Athens", "Oslo", 1.0)], protocol=protocol).outcomes[0]
        for protocol in PROTOCOLS
    }
    assert cosine == pytest.approx({"wordvec": 0.5**0.5, "gensim": 0.0, "word2vec.c": 0.0, "glove": 0.5**0.5})


def test_capitals_beyond_ascii():
    vectors = WordVectors(["énigme", "rue"], np.eye(2))
    covered = {
        protocol: evaluate_similarity(vectors, [("Énigme", "rue", 1.0)], protocol=protocol).covered
        for protocol in PROTOCOLS
    }
    assert covered == {"wordvec": 1, "gensim": 1, "word2vec.c": 0, "glove": 1}


def test_rows_or_counts_decide_what_is_frequent():
    vectors = WordVectors(["a", "b", "c", "d", "e"], np.eye(5), np.array([1, 2, 3, 4, 5]))
    sizes = {
        protocol: evaluate_analogy(vectors, [("a", "b", "c", "d"), ("b", "c", "d", "e")], restrict_vocab=4,
                                   protocol=protocol).outcomes.tolist()
        for protocol in PROTOCOLS
    }  # fmt: skip
    known = {protocol: [i for i, x in enumerate(found) if x == x] for protocol, found in sizes.items()}
    assert known == {"wordvec": [1], "gensim": [0], "word2vec.c": [0], "glove": [0]}


def test_what_a_program_does_not_have_is_said():
    vectors = WordVectors(list("abcd"), np.eye(4))
    asked = [("a", "b", "c", "d")]
    assert evaluate_similarity(vectors, [("a", "b", 1.0)], protocol="glove").notes[0].startswith("glove has no test of")
    assert evaluate_similarity(vectors, [("a", "b", 1.0)], protocol="gensim").notes == ()
    assert evaluate_analogy(vectors, asked, protocol="gensim").notes == ()
    (note,) = evaluate_analogy(vectors, asked, protocol="gensim", method="3cosmul").notes
    assert note == "gensim answers by 3cosadd alone, not by 3cosmul"
    assert evaluate_analogy(vectors, asked, method="3cosmul").notes == ()
    note, _ = evaluate_hit_rate(vectors, [("a", "b")], protocol="word2vec.c").notes
    assert "no test of hit-rate" in note


def test_glove_reports_seen_and_all():
    scores = [evaluate_analogy(WordVectors(list("abcd"), np.eye(4)), [("a", "b", "c", "d"), ("a", "b", "c", "x")],
                               protocol="glove")]  # fmt: skip
    assert scores[0].of_all == 0.5 and "of all questions" in score_table(scores)


def test_every_protocol_says_what_it_does():
    for name, protocol in PROTOCOLS.items():
        assert protocol.name == name and len(protocol.meaning) > 100
