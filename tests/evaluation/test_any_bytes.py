"""Whatever stands in a file, a reader reads it or refuses it with one line that names it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.errors import EvaluationFileError
from wordvec.evaluation.tasks import READERS, recognise

ALPHABET = "ab1:#,;.-|/'\"[] \t\r\n\u00e9\ufeff\u3000"
LINES = st.lists(st.text(st.sampled_from(ALPHABET), max_size=14), max_size=8).map(
    lambda lines: "\n".join(lines).encode()
)
TABLES = st.lists(
    st.lists(
        st.sampled_from(["a", "b", "word", "category", "word1", "word2", "score", "1", "2.5", "N", ""]), max_size=6
    ),
    max_size=6,
)
SEPARATED = st.tuples(TABLES, st.sampled_from("\t,; ")).map(
    lambda drawn: "\n".join(drawn[1].join(fields) for fields in drawn[0]).encode()
)


@pytest.mark.parametrize("suffix", ["txt", "csv", "questions"])
@pytest.mark.parametrize("task", [*READERS, "any"])
@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=60) | LINES | SEPARATED, in_folder=st.booleans())
def test_any_bytes_are_read_or_refused(tmp_path_factory, task, suffix, content, in_folder):
    folder = tmp_path_factory.mktemp("e")
    path = folder / f"set.{suffix}"
    path.write_bytes(content)
    source = folder if in_folder else path
    message = str(folder)
    try:
        recognise(source) if task == "any" else READERS[task](source)
    except EvaluationFileError as error:
        message = str(error)
    assert message.startswith(str(folder)) and "\n" not in message
