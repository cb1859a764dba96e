"""Targets that read evaluation sets: files and folders of every task, and those recognised by their content."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import numpy as np

from fuzzing.mutators import damaged_json, damaged_lines, packed
from fuzzing.targets import Files, Target, expect

PAIRS = (
    ["tiger cat 7.35", "book paper 7.46", "king queen 8.58"],
    ["word1\tword2\tPOS\tSimLex999", "old\tnew\tA\t1.58", "smart\tdumb\tA\t0.6"],
    ["Word 1,Word 2,Human (mean)", "love,sex,6.77", "tiger,cat,7.35"],
    ["sun-n sunlight-n 50", "river-n water-n 49"], ["a;b;1,5", "c;d;2,5"],
)  # fmt: skip
ANALOGIES = (
    [": capitals", "Paris France Rome Italy", "Bern Switzerland Oslo Norway", ": plural", "cat cats dog dogs"],
    ["section\ta\tb\tc\td", "x\tcat\tcats\tdog\tdogs"], ["good better rough JJ_JJR rougher"],
)  # fmt: skip
CATEGORIES = (["word,category", "cat,animal", "oak,plant", "dog,animal"], ["cat\tanimal", "oak\tplant", "dog\tanimal"])
OUTLIERS = (
    ["cat", "dog", "cow", "", "car", "bus"],
    ["category,words,outliers", "animals,\"['cat', 'dog']\",\"['car']\""],
)
BIAS = [": flowers", "Flowers: rose, tulip", "Insects: ant, flea", "Pleasant: joy, love", "Unpleasant: hate, war"]
BATS = ["cat\tcats", "dog\tdogs/doggies", "man\tmen"]


def set_targets() -> dict[str, Target]:
    """Name -> target, for evaluation sets."""
    from wordvec.evaluation.files.group_sets import read_bias_tests, read_categories, read_outliers
    from wordvec.evaluation.files.readers import read_analogies, read_pairs
    from wordvec.evaluation.hit_rate import read_held_out
    from wordvec.evaluation.relations import read_relations
    from wordvec.evaluation.sessions import read_sessions
    from wordvec.evaluation.tasks import recognise

    everything = (*PAIRS, *ANALOGIES, *CATEGORIES, *OUTLIERS, BIAS, BATS)
    return {
        "pairs": _file(PAIRS, lambda path: _check_pairs(read_pairs(path).pairs)),
        "pairs-two-files": Target(_two_files, lambda folder: _check_pairs(read_pairs(folder / "p.data.txt").pairs)),
        "analogies": _file(ANALOGIES, lambda path: _check_questions(read_analogies(path))),
        "analogies-folder": Target(_bats, lambda folder: _check_questions(read_analogies(folder))),
        "categories": _file(CATEGORIES, read_categories),
        "categories-folder": Target(_folder_of_words, read_categories),
        "outliers": _file(OUTLIERS, read_outliers),
        "outliers-folder": Target(_folder_of_topics, read_outliers),
        "bias": _file((BIAS,), read_bias_tests),
        "relations": Target(_relations, read_relations),
        "held-out": _file((["a b", "c d"], ["a\tb c", "d\te f"], ["a;b", "c;d"]), read_held_out),
        "sessions": _file((["a b c", "b d"], ["a x\tb y", "c z\td"]), read_sessions),
        "any-set": _file(everything, lambda path: recognise(path, "utf-8")),
    }


def _file(examples: Sequence[list[str]], read: Callable[[Path], object]) -> Target:
    def make(random: Random) -> Files:
        content = damaged_lines(random.choice(examples), random, separators=("\t", ";", ",", " ", "  "))
        suffix = random.choice((".txt", ".txt", ".csv", ".tsv", ""))
        if random.random() < 0.05:
            content = damaged_json([{"word1": "cat", "word2": "dog", "score": 1.5}], random)
        elif random.random() < 0.1:
            more, content = packed(content, random)
            suffix += more
        return {"set" + suffix: content}

    def read_only(folder: Path) -> object:
        (path,) = folder.iterdir()
        return read(path)

    return Target(make, read_only)


def _check_pairs(pairs: Sequence[tuple[str, str, float]]) -> object:
    expect(pairs, "a set without pairs")
    expect(all(first and second for first, second, _ in pairs), "an empty word")
    expect(np.isfinite([score for _, _, score in pairs]).all(), "a score that is not finite")
    return "read"


def _check_questions(questions: object) -> object:
    expect(all(questions.words()), "an empty word")  # type: ignore[attr-defined]
    expect(any(questions.sections.values()), "a set without questions")  # type: ignore[attr-defined]
    return "read"


def _two_files(random: Random) -> Files:
    return {
        "p.data.txt": damaged_lines(["sun\tmoon", "a b\tc", "x\ty"], random),
        "p.gold.txt": damaged_lines(["1.5", "2", "0.25"], random),
    }


def _bats(random: Random) -> Files:
    return {
        "1_Inflectional/I01 [noun - plural].txt": damaged_lines(BATS, random, separators=("\t", "/", " ")),
        "4_Lexicographic/L01 [hypernyms].txt": damaged_lines(BATS, random, separators=("\t", "/", " ")),
    }


def _folder_of_words(random: Random) -> Files:
    return {f"{name}.txt": damaged_lines(["cat", "dog", "oak"], random) for name in ("animal", "plant")}


def _folder_of_topics(random: Random) -> Files:
    return {f"{name}.txt": damaged_lines(OUTLIERS[0], random) for name in ("animals", "plants")}


def _relations(random: Random) -> Files:
    questions = ["Consider the following word pairs: x", '"flower:tulip"', "flower:tulip, emotion:rage, poem:sonnet"]
    return {
        "Testing/GoldRatings-1a.txt": damaged_lines(["# rated", '50.0 "bird:robin"', '-3.5 "a:b"'], random),
        "Testing/Phase1Questions-1a.txt": damaged_lines(questions, random, separators=(":", ",", " ")),
    }
