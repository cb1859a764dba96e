"""Every reader under damaged files: vectors or one of our errors, little memory, nothing run.

scripts/fuzz.py does the same at length.
"""

from __future__ import annotations

import sys
import tracemalloc
from pathlib import Path
from random import Random

import pytest
from fresh_files import write_anew
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from fuzz_files import damage, example_files
from fuzzing.vector_targets import OPTIONS, use_vectors

from wordvec.errors import VectorsFileError, WordvecError
from wordvec.vectors.word_vectors import WordVectors

EXAMPLES = example_files()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_are_read(tmp_path, name):
    (tmp_path / "v").write_bytes(EXAMPLES[name])
    vectors = WordVectors.load(tmp_path / "v", strict=True)
    assert list(vectors.words) == ["the", "naïve", "한국어", "b"]


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.filterwarnings("ignore:.*repaired")
@settings(max_examples=25)
@given(seed=st.integers(0, 10**9), options=st.sampled_from(OPTIONS))
def test_damaged_files_raise_our_error_or_load(tmp_path_factory, name, seed, options):
    path = tmp_path_factory.mktemp("v") / "v"
    path.write_bytes(damage(EXAMPLES[name], Random(seed)))
    try:
        use_vectors(path, options)
    except WordvecError:
        return


@pytest.mark.filterwarnings("ignore:.*repaired")
@settings(max_examples=100)
@given(
    content=st.binary(max_size=200)
    | st.binary(max_size=60).map(lambda tail: b"2 3\n" + tail)
    | st.binary(max_size=60).map(lambda tail: b"\x80\x04" + tail)
    | st.binary(max_size=60).map(lambda tail: b"\xba\x16\x4f\x2f\x0c\x00\x00\x00" + tail)
    | st.text().map(str.encode)
)
def test_any_bytes_raise_our_error_or_load(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("v") / "v"
    path.write_bytes(content)
    try:
        use_vectors(path, {})
    except WordvecError:
        return


@pytest.mark.parametrize(
    "name", [name for name in EXAMPLES if not name.endswith((".gz", "text", "vec", "glove", "sv"))]
)
def test_cut_anywhere_raises_and_names_the_file(tmp_path, name):
    """Text is not among them: what is cut behind a number looks whole. See test_load."""
    content = EXAMPLES[name]
    unread = b"\0" + 16 * b"\0"  # of fastText's file, the output matrix
    needed = len(content) - len(unread) * name.startswith("fasttext") - (name in ("word2vec-binary", "json"))
    for length in {*range(0, needed, needed // 150 + 1), *range(max(0, needed - 30), needed)}:
        path = write_anew(tmp_path / "cut", content[:length])
        with pytest.raises(VectorsFileError, match="cut: ") as caught:
            WordVectors.load(path)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.filterwarnings("ignore:.*repaired")
def test_a_number_that_lies_takes_no_memory(tmp_path, name):
    """Four bytes here and there become a huge number, or nine digits come between."""
    content = EXAMPLES[name]
    changed = [
        content[:i] + b"\xff\xff\xff\x7f" + content[i + 4 :] for i in range(0, len(content), len(content) // 120 + 1)
    ]
    changed += [content[:i] + b"999999999" + content[i:] for i in range(0, min(400, len(content)), 7)]
    tracemalloc.start()
    try:
        for damaged in changed:
            path = write_anew(tmp_path / "v", damaged)
            try:
                WordVectors.load(path)
            except VectorsFileError:
                continue
        assert tracemalloc.get_traced_memory()[1] < 12e6
    finally:
        tracemalloc.stop()
