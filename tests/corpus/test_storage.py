import json
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.corpus import Corpus
from wordvec.corpus.storage import pack_words, unpack_words
from wordvec.errors import CorpusError

ANY_TEXT = st.text(min_size=1, max_size=5)  # line ends, NUL and all
ANY_WORD = st.one_of(ANY_TEXT, st.just("\ud800"))  # a lone surrogate: what encoding_errors="surrogateescape" leaves


@given(st.lists(st.lists(ANY_WORD, max_size=6), min_size=1, max_size=6), st.integers(1, 2))
def test_save_and_open_give_the_same_corpus(tmp_path_factory, sentences, min_count):
    try:
        corpus = Corpus.from_sentences(sentences, min_count)
    except CorpusError:
        return
    folder = tmp_path_factory.mktemp("saved") / "corpus"
    corpus.save(folder)
    opened = Corpus.open(folder, verify=True)
    assert opened.vocabulary.words == corpus.vocabulary.words
    assert opened.vocabulary.rare == corpus.vocabulary.rare
    assert opened.vocabulary.min_count == min_count
    assert opened.vocabulary.counts.tolist() == corpus.vocabulary.counts.tolist()
    assert opened.ids.tolist() == corpus.ids.tolist()
    assert opened.sentence_starts.tolist() == corpus.sentence_starts.tolist()
    assert (opened.info, opened.fingerprint) == (corpus.info, corpus.fingerprint)
    assert isinstance(opened.ids, np.memmap)


@given(st.lists(st.text()))
def test_packed_words_come_back(words):
    assert unpack_words(*pack_words(words)) == words


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved") / "corpus"
    Corpus.from_sentences([[f"w{i % 7}" for i in range(200)], ["w1", "x"]] * 3, min_count=5).save(folder)
    return folder


@pytest.fixture
def folder(saved, tmp_path):
    return shutil.copytree(saved, tmp_path / "corpus")


def test_the_folder_holds_what_the_docstring_says(folder):
    assert sorted(path.name for path in folder.iterdir()) == [
        "corpus.json",
        "ids.npy",
        "sentence_starts.npy",
        "vocabulary.npz",
    ]
    assert json.loads((folder / "corpus.json").read_text())["version"] == 1


@pytest.mark.parametrize("name", ["ids.npy", "sentence_starts.npy", "vocabulary.npz", "corpus.json"])
def test_missing_and_truncated_files_are_named_errors(folder, name):
    data = (folder / name).read_bytes()
    for end in (0, 1, 10, len(data) // 2, len(data) - 3):
        (folder / name).write_bytes(data[:end])
        with pytest.raises(CorpusError, match=r"corpus: damaged corpus: .* from the text"):
            Corpus.open(folder)
    (folder / name).unlink()
    with pytest.raises(CorpusError, match=r"damaged corpus|is not a corpus folder"):
        Corpus.open(folder)


@given(st.data())
def test_a_flipped_byte_is_found_by_verify(saved, tmp_path_factory, data):
    folder = shutil.copytree(saved, tmp_path_factory.mktemp("flipped") / "corpus")
    path = folder / data.draw(st.sampled_from(["ids.npy", "sentence_starts.npy", "vocabulary.npz"]))
    content = bytearray(path.read_bytes())
    # the padding of an .npy header and a .npz directory's dates say nothing; the arrays' bytes are at the end of .npy
    first = 128 if path.suffix == ".npy" else 0
    position = data.draw(st.integers(first, len(content) - 1))
    content[position] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    before = Corpus.open(saved)
    try:
        opened = Corpus.open(folder, verify=True)
    except CorpusError:
        return
    assert path.suffix == ".npz"  # bytes of the zip directory that nobody reads
    assert opened.vocabulary.words == before.vocabulary.words
    assert opened.vocabulary.rare == before.vocabulary.rare


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 2}, "corpus of version 2, but this wordvec reads version 1"),
        ({"format": "other"}, "was not written by wordvec"),
        ({"tokens": 10**9}, "ids.npy holds"),
        ({"sentences": 3}, "sentence_starts.npy holds"),
        ({"words": 3}, "vocabulary.npz holds"),
    ],
)
def test_headers_that_do_not_fit(folder, change, message):
    header = json.loads((folder / "corpus.json").read_text())
    (folder / "corpus.json").write_text(json.dumps({**header, **change}))
    with pytest.raises(CorpusError, match=message):
        Corpus.open(folder)


def test_headers_that_lack_a_field(folder):
    header = json.loads((folder / "corpus.json").read_text())
    for field in set(header) - {"format", "version"}:
        (folder / "corpus.json").write_text(json.dumps({k: v for k, v in header.items() if k != field}))
        with pytest.raises(CorpusError, match="damaged corpus"):
            Corpus.open(folder)


@pytest.mark.parametrize(("position", "value"), [(3, 7), (3, -1)])
def test_an_id_outside_the_vocabulary_never_reaches_a_kernel(folder, position, value):
    ids = np.load(folder / "ids.npy")
    ids[position] = value
    np.save(folder / "ids.npy", ids)
    with pytest.raises(CorpusError, match="id outside the vocabulary"):
        Corpus.open(folder)


@pytest.mark.parametrize("starts", [[1, 2, 3, 4, 5, 6, 606], [0, 5, 5, 6, 7, 8, 603], [0, 1, 2, 3, 4, 5, 6]])
def test_sentence_starts_that_do_not_rise_from_0_to_the_end(folder, starts):
    np.save(folder / "sentence_starts.npy", np.array(starts))
    with pytest.raises(CorpusError, match="sentence starts do not rise"):
        Corpus.open(folder)


def test_objects_are_never_unpickled(folder):
    np.save(folder / "ids.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(CorpusError, match="damaged corpus"):
        Corpus.open(folder)


def test_a_folder_that_is_no_corpus(tmp_path):
    with pytest.raises(CorpusError, match="is not a corpus folder"):
        Corpus.open(tmp_path)
    with pytest.raises(CorpusError, match="is not a corpus folder"):
        Corpus.open(tmp_path / "nowhere")
