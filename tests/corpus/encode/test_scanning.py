"""What is checked before C reads and writes text."""

import numpy as np
import pytest

from wordvec.corpus.encode import scanning
from wordvec.errors import ShapeError
from wordvec.native import library

if not library.is_available():
    pytest.skip(str(library.why_not()), allow_module_level=True)


def padded(text: bytes) -> np.ndarray:
    return np.frombuffer(bytearray(text + b"\n" * scanning.PADDING), np.uint8)


def room(most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A store, starts and counts for `most` pieces of up to 100 bytes each."""
    starts = np.zeros(most + 1, np.int64)
    starts[0] = scanning.FIRST_START
    return np.zeros(101 * most + 32, np.uint8), starts, np.zeros(most, np.int64)


def test_a_text_needs_its_padding():
    text = padded(b"a b")
    for call in (scanning.look_through, scanning.feeds_for_returns, scanning.prepare_for_words):
        for size in (4, -1):
            with pytest.raises(ShapeError, match="128 line feeds"):
                call(text, size)
    with pytest.raises(ShapeError, match="128 line feeds"):
        scanning.HashTable().scan(text, 4, 0, *room(9))


def test_text_that_is_changed_must_be_writable():
    text = np.frombuffer(b"a" + b"\n" * scanning.PADDING, np.uint8)
    with pytest.raises(ShapeError, match="read-only"):
        scanning.feeds_for_returns(text, 1)


@pytest.mark.parametrize("short", range(3))
def test_a_table_needs_room_for_all_that_may_come(short):
    text = padded(b"ab " * 40)
    given = list(room(61))
    assert scanning.HashTable().scan(text, 120, 0, *given)[0].tolist() == [0] * 40
    given = list(room(61))
    given[short] = given[short][: (100, 61, 60)[short]]
    with pytest.raises(ShapeError, match="no room"):
        scanning.HashTable().scan(text, 120, 0, *given)


def test_pieces_keep_their_numbers_while_the_table_grows():
    names = [b"%d" % i * (1 + i % 3) for i in range(20_000)]
    text, table = padded(b" ".join(names)), scanning.HashTable()
    store, starts, counts = room(len(text))
    ids, _, known = table.scan(text, len(text) - scanning.PADDING, 0, store, starts, counts)
    number_of = {name: number for number, name in enumerate(dict.fromkeys(names))}
    different = list(number_of)
    assert known == len(different)
    assert ids.tolist() == [number_of[name] for name in names]
    assert [store[starts[i] : starts[i + 1] - 1].tobytes() for i in range(known)] == different
    assert counts[:known].sum() == len(names)
    numbers, again = table.absorb(store, starts[: known + 1], 1, known, store.copy(), starts.copy())
    assert again == known
    assert numbers.tolist() == list(range(known))


def test_ends_lie_among_the_ids():
    ids, final = np.zeros(3, np.int32), np.zeros(1, np.int32)
    kept, kept_ends = scanning.renumber(ids, final, np.array([0, 2]))
    assert (kept.tolist(), kept_ends.tolist()) == ([0, 0, 0], [0, 2])
    for ends in ([0, 4], [-1, 2]):
        with pytest.raises(ShapeError, match="ends must lie among the ids"):
            scanning.renumber(ids, final, np.array(ends))
