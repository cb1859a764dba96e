"""How many planted changes `wordvec change` finds, and how often it finds any where the dates were shuffled.

    python scripts/change_rates.py --planted 15
    python scripts/change_rates.py --planted 15 --documents 120 --sizes 0.25
    python scripts/change_rates.py --planted 0 --shuffled 400 --by 10
    python scripts/change_rates.py --planted 0 --shuffled 60 --text plain-text.txt.zst

The texts are those of tests/dated_texts.py: ten words change in the middle of the time, in all or in some of their
later uses. They are tested together with 48 others, whose distribution is exactly the same all the time; a run's share
of false findings is the share of these in what was found, 0 where nothing was. With --neighbours words are tested too
that lose or gain the company of a changing one, and so change a little: how many were found is counted apart.

With --text, real text is cut into 60 documents with years drawn by chance, so that nothing changes; then two words
become one made-up word, the first in the earlier documents, the second in the later ones: 20 complete changes of known
places, tested together with 100 words of like frequency. Both sorts of text are also tested with shuffled dates.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from dated_texts import CHANGING, HALF, OTHERS, word_of, write_dated_texts  # type: ignore[import-not-found]

from wordvec import SVD, Corpus
from wordvec.change import find_changes
from wordvec.change.space import Space
from wordvec.corpus import read_lines
from wordvec.corpus.documents.groups import Groups, groups_of


def corpus_with(size: float, documents: int, sentences: int, seed: int) -> Corpus:
    """A corpus with changes of this size."""
    with tempfile.TemporaryDirectory() as folder:
        texts = write_dated_texts(folder, CHANGING, size, documents, sentences, seed)
        return Corpus.from_documents(texts, texts / "table.csv", min_count=5)


def space_of(corpus: Corpus) -> Space:
    """What `find_changes` makes, to be used more than once."""
    return Space.of(corpus, SVD(dim=100, window=5, power=0.5).fit(corpus, show_progress=False).vectors)


def planted(arguments: argparse.Namespace, size: float) -> None:
    """Print how many of the changing words were found, and how many others."""
    results: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    for seed in range(1, arguments.planted + 1):
        space = space_of(corpus_with(size, arguments.documents, arguments.sentences, seed))
        beside = [word_of(topic, number) for topic in range(HALF) for number in (3, 5, 8, 12, 18, 24, 29, 33)]
        asked = [word for word in CHANGING + OTHERS + beside * arguments.neighbours if word in space.corpus.vocabulary]
        for by in arguments.by.split(","):
            for compare in arguments.compare.split(","):
                changes = find_changes(space.corpus, by, words=asked, space=space, seed=seed, compare=compare)
                found = {word.word for word in changes.found}
                of_each = tuple(len(found & set(words)) for words in (CHANGING, OTHERS, beside))
                results.setdefault((by, compare), []).append(of_each)
    for (by, compare), runs in results.items():
        hits, false, beside_found = np.array(runs).T
        share = (false / np.maximum(1, hits + false)).mean()
        print(
            f"{arguments.documents} documents of {13 * arguments.sentences} words, size {size}, by {by}, {compare}: "
            f"{hits.sum()} of {10 * len(runs)} found, {false.sum()} of {len(OTHERS) * len(runs)} others (share of "
            f"false findings: {share:.3f})" + f", {beside_found.sum()} beside changing words" * arguments.neighbours,
            flush=True,
        )


def real_documents(path: str, words: int = 4300) -> list[list[list[str]]]:
    """The first 60 documents of so many words or a little more: lists of lines."""
    found, lines, size = [], [], 0
    for line in read_lines(path):
        lines.append(re.findall(r"\w+", line.lower()))
        size += len(lines[-1])
        if size >= words:
            found.append(lines)
            lines, size = [], 0
        if len(found) == 60:
            return found
    raise SystemExit(f"{path}: {len(found)} documents of {words} words are in it, 60 are needed")


def corpus_of_real_text(path: str, seed: int) -> tuple[Corpus, list[str]]:
    """A corpus with 20 made-up words that change, zz0zz and on, and 100 words of like frequency that do not."""
    random = Random(seed)
    documents = real_documents(path)
    counts = Counter(word for lines in documents for line in lines for word in line)
    spread = Counter(word for lines in documents for word in {word for line in lines for word in line})
    like = sorted(word for word in counts if 40 <= counts[word] <= 250 and spread[word] >= 20 and len(word) > 1)
    random.shuffle(like)
    years = [1800 + number for number in range(60)]
    random.shuffle(years)
    names = [f"zz{number}zz" for number in range(20)]
    early, late = dict(zip(like, names)), dict(zip(like[20:], names))
    with tempfile.TemporaryDirectory() as folder:
        for number, (lines, year) in enumerate(zip(documents, years)):
            renamed = early if year < 1830 else late
            text = "\n".join(" ".join(renamed.get(word, word) for word in line) for line in lines)
            (Path(folder) / f"{number}.txt").write_text(text, encoding="utf-8")
        rows = "\n".join(f"{number}.txt,{year}" for number, year in enumerate(years))
        (Path(folder) / "table.csv").write_text(f"path,year\n{rows}\n", encoding="utf-8")
        corpus = Corpus.from_documents(folder, Path(folder) / "table.csv", min_count=5)
    return corpus, like[40:140]


def real_text(path: str, seed: int, runs: int) -> None:
    """Print what was found in real text, and with shuffled dates."""
    corpus, others = corpus_of_real_text(path, seed)
    names = [f"zz{number}zz" for number in range(20)]
    found = {word.word for word in find_changes(corpus, "30", words=names + others, seed=seed).found}
    hits = len(found & set(names))
    print(
        f"{path}, {len(corpus.ids)} words: {hits} of 20 found, {len(found) - hits} of {len(others)} others", flush=True
    )
    if runs:
        print(f"shuffled dates: a finding in {shuffled(corpus, others[:50], runs)} of {runs} runs", flush=True)


def shuffled(corpus: Corpus, words: list[str], runs: int, by: str = "30") -> int:
    """In how many of so many runs with shuffled dates any word was found."""
    space = space_of(corpus)
    dates = groups_of(space.documents, by).members
    rng, found = np.random.default_rng(1), 0
    for run in range(runs):
        order = rng.permutation(len(space.documents)).tolist()
        members = {name: [order[i] for i in of_group] for name, of_group in dates.items()}
        groups = Groups(by, members, in_time=True)
        found += bool(find_changes(corpus, words=words, space=space, groups=groups, seed=run).found)
    return found


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--planted", type=int, default=3, metavar="RUNS", help="of each size (default: 3)")
    parser.add_argument("--shuffled", type=int, default=0, metavar="RUNS", help="with shuffled dates (default: 0)")
    parser.add_argument("--documents", type=int, default=60, metavar="N", help="(default: 60)")
    parser.add_argument(
        "--sentences", type=int, default=320, metavar="N", help="of a document, 13 words each (default: 320)"
    )
    parser.add_argument("--sizes", default="1,0.5,0.25", metavar="F,F", help="of the change (default: 1,0.5,0.25)")
    parser.add_argument("--by", default="50,10", metavar="N,N", help="years of a period (default: 50,10)")
    parser.add_argument("--compare", default="cut", metavar="C,C", help="cut, pairs (default: cut)")
    parser.add_argument("--neighbours", action="store_true", help="also test words beside the changing ones")
    parser.add_argument("--text", metavar="FILE", help="plain text with a sentence or paragraph a line")
    arguments = parser.parse_args()
    if arguments.text:
        real_text(arguments.text, 1, arguments.shuffled)
        return
    for size in map(float, arguments.sizes.split(",")) if arguments.planted else ():
        planted(arguments, size)
    if arguments.shuffled:
        corpus = corpus_with(0.0, arguments.documents, arguments.sentences, seed=1)
        for by in arguments.by.split(","):
            count = shuffled(corpus, CHANGING + OTHERS, arguments.shuffled, by)
            print(f"shuffled dates, by {by}: a finding in {count} of {arguments.shuffled} runs", flush=True)


if __name__ == "__main__":
    main()
