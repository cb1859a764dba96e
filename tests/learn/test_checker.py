"""The checker of exercises: right answers, common mistakes, and answers nobody thought of."""

import numpy as np
import pytest

from wordvec.errors import OptionError
from wordvec.learn import _judge, check
from wordvec.learn.exercises import EXERCISES
from wordvec.learn.messages import LANGUAGES, MESSAGES

MISTAKES = [(number, k) for number, exercise in EXERCISES.items() for k in range(len(exercise.mistakes))]


def test_three_exercises_in_each_of_twelve_chapters():
    assert list(EXERCISES) == [f"{chapter}.{k}" for chapter in range(1, 13) for k in (1, 2, 3)]


@pytest.mark.parametrize("number", EXERCISES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_librarys_answer_is_right(number, language):
    exercise = EXERCISES[number]
    verdict = check(number, exercise.expected if exercise.given else exercise.expected(), language)
    assert verdict
    assert str(verdict) == f"{number}: {MESSAGES['right'][LANGUAGES.index(language)]}"


@pytest.mark.parametrize("number, k", MISTAKES)
def test_a_common_mistake_is_named(number, k):
    mistake, key = EXERCISES[number].mistakes[k]
    assert _judge(EXERCISES[number], mistake)[0] == key
    assert bool(check(number, mistake)) == (key == "right")


def test_every_message_can_be_said():
    named = {key for exercise in EXERCISES.values() for _, key in exercise.mistakes}
    assert named <= MESSAGES.keys()
    gaps = {"got": 1, "expected": 1, "factor": 1, "wrong": 1, "all": 1, "place": 1, "value": 1, "than": 1, "error": 1}
    for said in MESSAGES.values():
        assert len(said) == len(LANGUAGES)
        assert all(text.format(**gaps) for text in said)


@pytest.mark.parametrize(
    "number, answer, message",
    [
        ("1.3", [[2, 3], [1, -1]], "rows and columns are exchanged"),
        ("1.3", [2, 3, 1, -1], r"the shape is \(4,\), but \(2, 2\) is expected"),
        ("1.3", [[2, 1], [3, 1]], r"1 of 4 numbers are wrong; the first is at \[1\]\[1\]: 1 > the right one"),
        ("3.3", -6.908, "the sign is not"),
        ("3.3", np.log2(1000), "logarithms of the other base"),
        ("4.3", [4, 12], "opposite order"),
        ("5.3", [[6, 8], [12, 16]], "every number is 2 times the right one"),
        ("3.3", np.inf, "inf or nan"),
        ("3.3", 5, "5 < the right number"),
        ("3.3", "6.9078", "a number or a list of numbers is expected; got '6.9078'"),
        ("3.3", None, "got None"),
        ("3.3", [], "got a list of 0"),
        ("3.3", [[1], [1, 2]], "got a list of 2"),
        ("3.3", True, "got True"),
        ("3.3", {"a": 1}, "got a dict of 1"),
        ("6.2", 3, "a function is expected"),
        ("6.2", lambda x: x, "your function raises an error: TypeError"),
        ("6.2", lambda x, dout: "x", "got 'x'"),
        ("6.2", lambda x, dout: (3 * x**2 * dout)[:2], r"the shape is \(2,\), but \(3,\)"),
        ("6.2", lambda x, dout: -3 * x**2 * dout, "the sign is not"),
    ],
)
def test_other_answers(number, answer, message):
    verdict = check(number, answer)
    assert not verdict
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(str(verdict))


@pytest.mark.parametrize("answer", [6.9078, 6.908, [6.9078], np.array([[6.9078]]), np.float32(6.9078)])
def test_a_number_in_any_wrapping_and_rounded(answer):
    assert check("3.3", answer)


def test_what_does_not_exist():
    with pytest.raises(OptionError, match=r"there is no exercise '13.1'; there are: 1.1, 1.2"):
        check("13.1", 0)
    with pytest.raises(OptionError, match="language must be one of en, ko, ja; got 'fr'"):
        check("1.1", 0, "fr")
