from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from random import Random

import numpy as np
import pytest
from fresh_files import write_anew
from words_of_parts import regular_words

from wordvec.cli import main
from wordvec.errors import InputError, OptionError, VectorsFileError, WordvecError
from wordvec.vectors import WordVectors
from wordvec.vectors.files.floret_file import closeness
from wordvec.vectors.load import not_kept
from wordvec.vectors.ngrams import Ngrams, murmur_hashes

sys.path.insert(0, str(Path(__file__).parents[3] / "scripts"))
from fuzz_files import damage

UNSEEN = ["walkable", "한국어로", "x" * 40]
# MurmurHash3 (x64, 128 bits) from 2166136261, its lowest 32 bits and the next 32, as the murmurhash package gives them:
#   <ab> 3044746486 2353617422   <a 787868105 3791900384   ab 2871709695 2268296958   b> 1684617265 784448487
# modulo 7, the four are rows 5 6, 3 4, 1 6 and 2 0.
HASHES = [3044746486, 2353617422, 787868105, 3791900384, 2871709695, 2268296958, 1684617265, 784448487]
TABLE = b"7 2 2 2 1 2166136261 < >\n" + b"".join(b"%d %d 0.%d\n" % (row, row + 1, row) for row in range(7))


def fitted(hashes: int = 2) -> WordVectors:
    return regular_words().fit_subwords(2, 4, buckets=300, hashes=hashes)


def test_a_table_by_hand(tmp_path):
    (tmp_path / "t.floret").write_bytes(TABLE)
    vectors = WordVectors.load(tmp_path / "t.floret", words=["ab"])
    assert list(vectors.words) == ["ab"] and vectors.info["parameters"]["hashCount"] == 1
    np.testing.assert_allclose(vectors["ab"], [(6 + 4 + 2 + 3) / 4, (0.5 + 0.3 + 0.1 + 0.2) / 4], rtol=1e-6)
    (tmp_path / "two").write_bytes(TABLE.replace(b"2 2 1 2166136261", b"2 2 2 2166136261"))
    vectors = WordVectors.load(tmp_path / "two", words=["ab"])
    np.testing.assert_allclose(vectors["ab"][0], (6 + 7 + 4 + 5 + 2 + 7 + 3 + 1) / 8, rtol=1e-6)


def test_the_hashes_are_those_of_murmur():
    word, numbers = Ngrams(2, 2, 2**32 - 1, hashes=2).of([b"ab"])
    assert numbers.tolist() == HASHES and word.tolist() == [0] * 8
    # longer than one block of 16 bytes, with every length of what is left over
    texts = [b"x" * length for length in range(14, 34)]
    ends = np.cumsum([len(text) for text in texts])
    alone = [murmur_hashes(text, np.array([0]), np.array([len(text)]), 1)[0] for text in texts]
    together = murmur_hashes(b"".join(texts), ends - [len(text) for text in texts], ends, 1)
    np.testing.assert_array_equal(together, alone)
    fox = b"The quick brown fox jumps over the lazy dog"
    published = [0xBC071B6C, 0xE34BBC7B, 0xC49A9347, 0x7A433CA9]
    assert murmur_hashes(fox, np.array([0]), np.array([len(fox)]), 0)[0].tolist() == published


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_what_is_written_is_read_back(tmp_path, suffix):
    vectors = fitted()
    vectors.save(tmp_path / f"t.floret{suffix}", "floret")
    read = WordVectors.load(tmp_path / f"t.floret{suffix}", words=[*vectors.words])
    for word in UNSEEN:
        np.testing.assert_array_equal(read[word], vectors[word])
    made = np.array([vectors.subwords.vector(word) for word in read.words])
    np.testing.assert_allclose(read.matrix, made, rtol=0, atol=1e-5)
    assert closeness(read) == pytest.approx(1.0) and 0.9 < closeness(vectors) < 1.0
    assert not_kept(vectors, "floret")[:2] == ["words' own rows", "counts"]


def test_such_ngrams_go_through_our_own_files(tmp_path):
    vectors = fitted(hashes=3)
    for name in ("v.safetensors", "v.npz"):
        vectors.save(tmp_path / name)
        again = WordVectors.load(tmp_path / name)
        assert again.subwords.ngrams == vectors.subwords.ngrams and again.matrix.tobytes() == vectors.matrix.tobytes()
        np.testing.assert_array_equal(again["walkable"], vectors["walkable"])


def test_spacy_gives_the_same_vectors(tmp_path):
    initialize = pytest.importorskip("spacy.training.initialize", reason="compares with spaCy (extra 'spacy')")
    import spacy

    vectors = fitted()
    vectors.save(tmp_path / "t.floret", "floret")
    pipeline = spacy.blank("en")
    initialize.convert_vectors(pipeline, tmp_path / "t.floret", truncate=0, prune=-1, mode="floret")
    for word in [*vectors.words, *UNSEEN]:
        np.testing.assert_allclose(pipeline.vocab[word].vector, vectors.subwords.vector(word), rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (TABLE[: TABLE.index(b"5 6 0")], "declares 7 words, but 5 rows follow"),
        (TABLE.replace(b"3 4 0.3", b"9 4 0.3"), "line 5: row 3 expected; got '9'"),
        (TABLE.replace(b"4 0.3", b"4 nan"), "line 5.*holds nan"),
        (TABLE.replace(b"2 1 2166136261 <", b"2 9 2166136261 <"), "hashes 9, .*floret has 1 to 4 hashes"),
        (TABLE.replace(b"< >", b"[ ]"), "between < and >; this table has"),
        (TABLE.replace(b"7 2 2 2", b"99999999999 2 2 2"), "buckets 99999999999, .*are read"),
    ],
)
def test_damaged_tables_are_told_in_one_line(tmp_path, content, message):
    (tmp_path / "t").write_bytes(content)
    with pytest.raises(VectorsFileError, match=message) as caught:
        WordVectors.load(tmp_path / "t", words=["ab"])
    assert "\n" not in str(caught.value)


def test_damage_raises_our_error_or_loads(tmp_path):
    for seed in range(150):
        write_anew(tmp_path / "t", damage(TABLE, Random(seed)))
        with suppress(WordvecError):
            WordVectors.load(tmp_path / "t", words=["ab", "naïve"]).get("unseen")


def test_a_table_needs_words(tmp_path):
    (tmp_path / "t").write_bytes(TABLE)
    with pytest.raises(VectorsFileError, match=r"has no words, only n-grams: say which words .*--words list\.txt"):
        WordVectors.load(tmp_path / "t")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hashes": 5, "buckets": 9}, "hashes must be from 1 to 4"),
        ({"hashes": 2}, "goes with buckets=50_000, say"),
        ({"hashes": 2, "buckets": 9, "jamo": True}, "goes with no jamo"),
        ({"hashes": 2, "buckets": 9, "min_n": 1}, "min_n of at least 2"),
    ],
)
def test_options_that_do_not_go_together(options, message):
    with pytest.raises(OptionError, match=message):
        regular_words().fit_subwords(**options)


@pytest.mark.parametrize("other", [{}, {"buckets": 100}])
def test_other_ngrams_are_refused(tmp_path, other):
    with pytest.raises(InputError, match="wordvec subwords --buckets 50000 --hashes 2"):
        regular_words().fit_subwords(**other).save(tmp_path / "t", "floret")
    with pytest.raises(InputError, match="numbered by floret's hashes, which fastText does not know"):
        fitted().save(tmp_path / "m.bin", "fasttext-bin")
    assert not list(tmp_path.iterdir())


def test_the_command_line_tells_how_close_it_comes(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    regular_words().save("v.safetensors")
    hashed = ("--buckets", "300", "--hashes", "2", "--min-n", "2")
    assert main(["subwords", "v.safetensors", "-o", "w.safetensors", *hashed]) == 0
    assert main(["convert", "w.safetensors", "t.floret", "--to", "floret"]) == 0
    told = capsys.readouterr().out
    assert "every word is composed of its n-grams: 0.9" in told and "words' own rows" in told
    (tmp_path / "list.txt").write_text("walkable\nwalking\n")
    assert main(["convert", "t.floret", "x.npz", "--words", "list.txt"]) == 0
    assert sorted(WordVectors.load("x.npz").words) == ["walkable", "walking"]
