import errno
import hashlib
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from fresh_files import write_anew
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.cli import main
from wordvec.corpus import Corpus, Vocabulary, hashes, storage, words
from wordvec.corpus.header import INFO
from wordvec.corpus.selection import TOO_RARE
from wordvec.corpus.words import Words, pack_words, unpack_words
from wordvec.errors import CorpusError

ANY_TEXT = st.text(min_size=1, max_size=5)  # line ends, NUL and all
ANY_WORD = st.one_of(ANY_TEXT, st.just("\ud800"))  # a lone surrogate: what encoding_errors="surrogateescape" leaves


@settings(max_examples=30)  # each waits for the disk a dozen times
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


@given(st.lists(ANY_WORD, unique=True), ANY_WORD)
def test_packed_words_come_back_and_are_found_without_unpacking(words, other):
    packed = pack_words(words)
    assert unpack_words(*packed) == words
    found = Words(packed=packed)
    assert [found.position(word) for word in words] == list(range(len(words)))
    assert found.position(other) == (words.index(other) if other in words else None)
    assert len(found) == len(words)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved") / "corpus"
    Corpus.from_sentences([[f"w{i % 7}" for i in range(200)], ["w1", "x"]] * 3, min_count=5).save(folder)
    return folder


@pytest.fixture
def folder(saved, tmp_path):
    return shutil.copytree(saved, tmp_path / "corpus")


FILES = [
    "ids.npy",
    "rare_counts.npy",
    "rare_reasons.npy",
    "rare_word_ends.npy",
    "rare_words.npy",
    "sentence_starts.npy",
    "word_counts.npy",
    "word_ends.npy",
    "words.npy",
]


def test_the_folder_holds_what_the_docstring_says(folder):
    assert sorted(path.name for path in folder.iterdir()) == ["corpus.json", *FILES]
    header = json.loads((folder / "corpus.json").read_text())
    assert header["version"] == 3
    for name in FILES:
        of_hash = hashlib.sha256(hashlib.sha256(np.load(folder / name).tobytes()).digest()).hexdigest()
        assert header["files"][name] == {"bytes": (folder / name).stat().st_size, "sha256_of_pieces": of_hash}


def test_the_fingerprint_is_a_hash_of_hashes_of_pieces(tmp_path, monkeypatch):
    for module in (hashes, storage):
        monkeypatch.setattr(module, "PIECE", 2)
    corpus = Corpus.from_sentences([["a", "b", "a"]])
    arrays = [np.frombuffer(b"ab", np.uint8), np.array([1, 2]), np.array([2, 1]), np.array([0, 1, 0], np.int32)]
    arrays.append(np.array([0, 3]))
    of_arrays = b""
    for array in arrays:
        pieces = [hashlib.sha256(array[begin : begin + 2].tobytes()).digest() for begin in range(0, len(array), 2)]
        of_arrays += hashlib.sha256(b"".join(pieces)).digest()
    assert corpus.fingerprint == hashlib.sha256(of_arrays).hexdigest()
    corpus.save(tmp_path / "corpus")
    assert Corpus.open(tmp_path / "corpus", verify=True).fingerprint == corpus.fingerprint


def test_a_folder_of_version_2_is_read_and_saved_as_3(folder, tmp_path):
    marker = folder / "corpus.json"
    header = json.loads(marker.read_text())
    of_files = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}
    header["files"] = {name: {"bytes": (folder / name).stat().st_size, "sha256": of_files[name]} for name in FILES}
    header |= {"version": 2, "fingerprint": "that of then"}
    header["sha256"] = storage._header_digest(header)
    now = Corpus.open(folder)
    marker.write_text(json.dumps(header))
    then = Corpus.open(folder, verify=True)
    assert (then.fingerprint, then.ids.tolist()) == ("that of then", now.ids.tolist())
    then.save(tmp_path / "converted")
    assert Corpus.open(tmp_path / "converted", verify=True).fingerprint == now.fingerprint
    (folder / "ids.npy").write_bytes((folder / "ids.npy").read_bytes()[:-1] + b"x")
    with pytest.raises(CorpusError, match=r"ids\.npy was altered"):
        Corpus.open(folder, verify=True)


@pytest.mark.parametrize("name", FILES)
def test_missing_and_truncated_files_are_named_errors(folder, name):
    data = (folder / name).read_bytes()
    for end in (0, 1, 10, len(data) // 2, len(data) - 3):
        write_anew(folder / name, data[:end])
        message = rf"corpus: damaged corpus: {name} has {end} bytes instead of the {len(data)} .*; build it again from"
        with pytest.raises(CorpusError, match=message):
            Corpus.open(folder)
    (folder / name).write_bytes(data + b"x")
    with pytest.raises(CorpusError, match=rf"{name} has {len(data) + 1} bytes instead of the {len(data)}"):
        Corpus.open(folder)
    (folder / name).unlink()
    with pytest.raises(CorpusError, match=f"damaged corpus: {name} is missing; build it again from the text"):
        Corpus.open(folder)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EMFILE, errno.EIO])
@pytest.mark.parametrize("broken", ["read_text", "map_npy"])
def test_what_the_system_cannot_read_is_not_damaged(folder, monkeypatch, number, broken):
    def fail(path, **options):
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(*((Path, "read_text") if broken == "read_text" else (storage, "map_npy")), fail)
    with pytest.raises(CorpusError, match=f"corpus: cannot be read: {os.strerror(number)}") as raised:
        Corpus.open(folder)
    assert "again" not in str(raised.value) and ("ulimit" in str(raised.value)) == (number == errno.EMFILE)


def test_a_description_that_is_missing_or_cut_off(folder):
    data = (folder / "corpus.json").read_bytes()
    for end in (0, 1, 10, len(data) // 2, len(data) - 3):
        write_anew(folder / "corpus.json", data[:end])
        with pytest.raises(CorpusError, match=r"corpus: damaged corpus: corpus.json: .* from the text"):
            Corpus.open(folder)
    (folder / "corpus.json").unlink()
    with pytest.raises(CorpusError, match=r"is not a corpus folder: it has no corpus.json"):
        Corpus.open(folder)


@given(st.data())
def test_a_flipped_byte_is_found_by_verify_which_names_the_file(saved, tmp_path_factory, data):
    folder = shutil.copytree(saved, tmp_path_factory.mktemp("flipped") / "corpus")
    path = folder / data.draw(st.sampled_from(FILES))
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    with pytest.raises(CorpusError, match=f"{path.name} was altered since it was written.*; build it again"):
        Corpus.open(folder, verify=True)


@pytest.mark.parametrize("field", ["info", "min_count", "fingerprint"])
def test_an_altered_description_is_found_by_verify(folder, field):
    header = json.loads((folder / "corpus.json").read_text())
    other = {"info": {"tokenizer": "other"}, "min_count": 3, "fingerprint": "0" * 64}
    (folder / "corpus.json").write_text(json.dumps({**header, field: other[field]}))
    with pytest.raises(CorpusError, match=r"corpus.json was altered since it was written"):
        Corpus.open(folder, verify=True)
    (folder / "corpus.json").write_text(json.dumps(header))  # another layout of the same is no alteration
    Corpus.open(folder, verify=True)


def test_info_with_numbers_as_keys_is_not_taken_for_altered(tmp_path):
    corpus = Corpus.from_sentences([["a", "b"]])
    corpus.info["lengths"] = {2: 1, 10: 3}
    corpus.save(tmp_path / "corpus")
    assert Corpus.open(tmp_path / "corpus", verify=True).info["lengths"] == {"2": 1, "10": 3}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 1}, "corpus of version 1, but this wordvec reads versions 2 and 3; build it again from the text"),
        ({"format": "other"}, "was not written by wordvec"),
        ({"tokens": 10**9}, r"ids.npy holds int32 \(603,\); expected int32 \(1000000000,\)"),
        ({"sentences": 3}, "sentence_starts.npy holds"),
        ({"words": 3}, "word_ends.npy holds"),
        ({"rare_words": 3}, "rare_word_ends.npy holds"),
        ({"rare_words": "3"}, "damaged corpus"),
        ({"files": {}}, "damaged corpus: its corpus.json lacks 'ids.npy'"),
        ({"files": 5}, "damaged corpus"),
        ({"info": 5}, "damaged corpus"),
    ],
)
def test_headers_that_do_not_fit(folder, change, message):
    header = json.loads((folder / "corpus.json").read_text())
    (folder / "corpus.json").write_text(json.dumps({**header, **change}))
    with pytest.raises(CorpusError, match=message):
        Corpus.open(folder)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=3), inner, max_size=2)),
    max_leaves=4,
)


@given(st.data())
def test_any_description_is_opened_or_refused(saved, tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("any")
    for path in saved.iterdir():
        (folder / path.name).symlink_to(path)
    header = json.loads((saved / "corpus.json").read_text())
    where = data.draw(st.sampled_from([header, header["files"], header["files"]["ids.npy"]]))
    where[data.draw(st.sampled_from(sorted(where)))] = data.draw(JSON)
    (folder / "corpus.json").unlink()
    (folder / "corpus.json").write_text(json.dumps(header))
    for verify in (False, True):
        try:
            Corpus.open(folder, verify=verify)
        except CorpusError:
            continue
        assert not verify or header == json.loads((saved / "corpus.json").read_text())


def test_headers_that_lack_a_field(folder):
    header = json.loads((folder / "corpus.json").read_text())
    for field in set(header) - {"format", "version", "sha256"}:
        (folder / "corpus.json").write_text(json.dumps({k: v for k, v in header.items() if k != field}))
        with pytest.raises(CorpusError, match=f"damaged corpus: corpus.json: {field} is missing"):
            Corpus.open(folder)


def replace(folder, name, array, **header_changes):
    """Write `array` as a file of the corpus, with the size and digest that belong to it."""
    np.save(folder / name, array)
    header = json.loads((folder / "corpus.json").read_text())
    content = (folder / name).read_bytes()
    header["files"][name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    header |= header_changes
    header["sha256"] = storage._header_digest(header)
    (folder / "corpus.json").write_text(json.dumps(header))


@pytest.mark.parametrize(("position", "value"), [(3, 7), (602, -1)])
def test_verify_finds_ids_outside_the_vocabulary(folder, position, value, monkeypatch):
    monkeypatch.setattr(storage, "IDS_AT_A_TIME", 100)
    ids = np.load(folder / "ids.npy")
    ids[position] = value
    replace(folder, "ids.npy", ids)
    opened = Corpus.open(folder)  # reads no ids
    with pytest.raises(CorpusError, match=f"{value} at position {position}, an id outside the vocabulary of 7"):
        opened.check()  # what all that trains or counts calls first
    with pytest.raises(CorpusError, match=f"{value} at position {position}, an id outside the vocabulary of 7"):
        Corpus.open(folder, verify=True)


@pytest.mark.parametrize(
    "starts", [[1, 2, 3, 4, 5, 6, 603], [0, 5, 5, 6, 7, 8, 603], [0, 1, 2, 3, 4, 5, 6], [0, 1, 3, 2, 4, 5, 603]]
)
def test_sentence_starts_that_do_not_rise_from_0_to_the_end(folder, starts, monkeypatch):
    monkeypatch.setattr(storage, "IDS_AT_A_TIME", 2)  # so that borders between chunks are met
    replace(folder, "sentence_starts.npy", np.array(starts))
    with pytest.raises(CorpusError, match="sentence starts do not rise"):
        Corpus.open(folder, verify=True)
    with pytest.raises(CorpusError, match="sentence starts do not rise"):
        Corpus.open(folder).check()


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("words.npy", np.frombuffer(b"w0w1w2w3w4w5w1", np.uint8)),
        ("words.npy", np.frombuffer(b"w0w1w2w3w4w5w\xff", np.uint8)),
        ("word_ends.npy", np.array([2, 4, 6, 8, 10, 12, 13])),
        ("word_ends.npy", np.array([2, 6, 4, 8, 10, 12, 14])),
        ("word_counts.npy", np.array([5, 6, 7, 8, 9, 10, 11])),
    ],
)
def test_words_that_are_damaged_are_found_by_verify_or_when_they_are_first_needed(folder, name, array):
    replace(folder, name, array)
    opened = Corpus.open(folder)
    if name != "word_counts.npy":
        with pytest.raises(CorpusError, match=r"corpus/words.npy: "):
            opened.vocabulary.id("w3")
    with pytest.raises(CorpusError, match="damaged corpus"):
        Corpus.open(folder, verify=True)


def test_opening_unpacks_no_words_and_explains_from_packed_ones(folder, monkeypatch):
    opened = Corpus.open(folder).vocabulary
    monkeypatch.setattr(words, "unpack_words", None)  # calling it would fail
    assert (len(opened), opened.min_count, opened.counts[:2].tolist()) == (7, 5, [90, 87])
    assert opened.left_out.find("x") == (3, TOO_RARE)
    assert opened.left_out.find("y") is None
    assert repr(opened) == "Vocabulary(7 words, min_count=5)"
    monkeypatch.undo()
    assert opened.explain("x") == "'x' is not in the vocabulary: seen 3 times, min_count is 5"
    assert opened.words[0] == "w1"


def test_a_corpus_without_known_rare_words_and_one_opened_are_saved_again(folder, tmp_path):
    opened = Corpus.open(folder)
    opened.save(tmp_path / "again")
    assert (tmp_path / "again" / "corpus.json").read_text() == (folder / "corpus.json").read_text()
    unknown = Corpus(opened.ids, opened.sentence_starts, Vocabulary(opened.vocabulary.words, opened.vocabulary.counts))
    unknown.save(tmp_path / "unknown")
    assert Corpus.open(tmp_path / "unknown", verify=True).vocabulary.rare is None
    assert not (tmp_path / "unknown" / "rare_words.npy").exists()


@pytest.mark.parametrize("options", [{"max_words": 2}, {"drop_words": ["a"]}, {"vocabulary": ["b", "c"]}, {}])
def test_why_words_were_left_out_is_saved(tmp_path, options):
    corpus = Corpus.from_sentences([["a", "b", "c", "d"]])
    corpus.vocabulary = Vocabulary.from_counts({"a": 4, "b": 3, "c": 2, "d": 1}, 2, **options)
    corpus.ids, corpus.sentence_starts = np.array([0], np.int32), np.array([0, 1])
    corpus.save(tmp_path / "corpus")
    opened = Corpus.open(tmp_path / "corpus").vocabulary
    assert [opened.explain(word) for word in "abcde"] == [corpus.vocabulary.explain(word) for word in "abcde"]
    assert opened.max_words == corpus.vocabulary.max_words


def test_objects_are_never_unpickled(folder):
    replace(folder, "ids.npy", np.array([{}], dtype=object))
    with pytest.raises(CorpusError, match=r"damaged corpus: ids.npy: "):
        Corpus.open(folder)


def test_a_folder_that_is_no_corpus(tmp_path):
    with pytest.raises(CorpusError, match="is not a corpus folder"):
        Corpus.open(tmp_path)
    with pytest.raises(CorpusError, match="nowhere: no such folder; wordvec corpus build TEXT -o "):
        Corpus.open(tmp_path / "nowhere")


WRONG = ["x", {}, [], [5], {"a": 1}, -1, 1.5, True, None, 10**30]


@pytest.mark.parametrize("at", range(len(WRONG)))
def test_values_of_another_type_are_refused_or_harmless(saved, tmp_path, capsys, at):
    """Whatever stands in the description: one line of an error, or a report; never a traceback."""
    header = json.loads((saved / "corpus.json").read_text())
    copy = tmp_path / "copy"
    shutil.copytree(saved, copy)
    places = [(header, name) for name in header] + [(header["info"], name) for name in INFO]
    places += [(header["files"], name) for name in header["files"]]
    for where, name in places:
        before = where.get(name, ...)
        where[name] = WRONG[at]
        (copy / "corpus.json").write_text(json.dumps(header))
        opened = main(["corpus", "info", str(copy)])
        assert opened in (0, 2), name
        assert opened == 2 or main(["corpus", "info", str(copy), "--json"]) == 0, name
        if before is ...:
            del where[name]
        else:
            where[name] = before
    err = capsys.readouterr().err
    assert "damaged corpus: corpus.json: " in err
    assert "Traceback" not in err


def test_a_wrong_value_is_named(folder):
    header = json.loads((folder / "corpus.json").read_text())
    header["info"]["raw_tokens"] = "x"
    (folder / "corpus.json").write_text(json.dumps(header))
    with pytest.raises(
        CorpusError, match=r'corpus\.json: info\.raw_tokens is "x", but a whole number was expected; build'
    ):
        Corpus.open(folder)
