"""The concordance of real English: an index of half a million words, and reasons a reader accepts."""

from itertools import islice

import pytest

from wordvec.corpus import Corpus, read_lines
from wordvec.corpus.concordance import Concordance

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def found(data_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("real") / "corpus"
    Corpus.from_texts(islice(read_lines(data_folder / "en17m.txt.zst"), 20_000)).save(folder)
    return Concordance.open(folder)


def test_every_occurrence_is_indexed(found):
    vocabulary = found.corpus.vocabulary
    for word in ("the", "king", vocabulary.words[-1]):
        assert found.count(word) == vocabulary.counts[vocabulary.id(word)]


def test_contexts_of_two_words_are_what_one_expects(found):
    evidence = found.behind("king", "emperor", limit=30)
    assert {"dynasty", "prince", "descendant"} <= {shared.context for shared in evidence.shared}
    for shared in evidence.shared:
        for line in (shared.line_of_a, shared.line_of_b):
            words = f"{line.left.split(' ')[-5:]} {line.right.split(' ')[:5]}"
            assert repr(shared.context) in words
    assert evidence.lines == found.behind("king", "emperor", limit=30).lines
