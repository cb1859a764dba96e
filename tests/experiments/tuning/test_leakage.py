import pytest

from wordvec.errors import OptionError
from wordvec.experiments.named_sets import item_keys, read_sets, separate


@pytest.fixture
def write(tmp_path):
    def written(name, text, task="similarity"):
        (tmp_path / name).write_text(text)
        return read_sets([(task, str(tmp_path / name))])[0]

    return written


def test_shared_pairs_leave_development_whatever_their_order_case_and_score(write):
    dev = write("dev.txt", "cat dog 5\ncup tea 2\nSun moon 7\n")
    test = write("test.txt", "dog Cat 9\nriver sea 3\nmoon sun 1\n")
    (kept,), (line,) = separate([dev], [test])
    assert [pair[:2] for pair in kept.items.pairs] == [("cup", "tea")]
    assert line == "dev: 2 of 3 items are in a test set (test) and are left out of development"
    assert kept.digest != dev.digest
    assert not item_keys(kept) & item_keys(test)


def test_shared_questions_leave_development_with_emptied_sections(write):
    dev = write("dev.txt", ": one\na b c d\n: two\na b e f\ng h i j\n", "analogy")
    test = write("test.txt", ": other\nA B C D\ng h i z\n", "analogy")
    (kept,), _ = separate([dev], [test])
    assert list(kept.items.sections) == ["two"]
    assert len(kept.items.sections["two"]) == 2


def test_sets_with_nothing_in_common_stay_as_they_are(write):
    dev, test = write("dev.txt", "a b 1\n"), write("test.txt", "c d 1\n")
    assert separate([dev], [test]) == ([dev], [])
    assert separate([dev], []) == ([dev], [])


def test_a_test_set_that_was_tuned_on_is_refused(write, tmp_path):
    dev = write("dev.txt", "a b 1\nc d 2\n")
    (tmp_path / "link.txt").symlink_to(tmp_path / "dev.txt")
    for test, message in (
        (dev, "cannot be a test set"),
        (read_sets([("similarity", str(tmp_path / "link.txt"))])[0], "cannot be a test set"),
        (write("copy.txt", "b a 5\nc d 2\n"), "holds all items of the development set"),
        (write("larger.txt", "a b 1\nc d 2\ne f 3\n"), "holds all items"),
    ):
        with pytest.raises(OptionError, match=message):
            separate([dev], [test])


def test_two_test_sets_that_take_everything_together(write):
    dev = write("dev.txt", "a b 1\nc d 2\n")
    with pytest.raises(OptionError, match="all its items are in test sets"):
        separate([dev], [write("one.txt", "a b 1\nx y 2\n"), write("two.txt", "c d 1\nx z 2\n")])
