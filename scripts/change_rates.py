"""How many planted changes `wordvec change` finds, and how often it finds any where the dates were shuffled.

    python scripts/change_rates.py --planted 3 --shuffled 200

The texts are those of tests/dated_texts.py: 60 documents; ten words change in the middle of the time, in all or in some
of their later uses; all words of topics are tested. Prints a line for each run and a table.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from dated_texts import CHANGING, OTHERS, write_dated_texts  # type: ignore[import-not-found]

from wordvec import SVD, Corpus
from wordvec.change import find_changes
from wordvec.change.space import Space
from wordvec.corpus.documents.groups import Groups, groups_of


def corpus_with(size: float, sentences: int, seed: int) -> Corpus:
    """A corpus with changes of this size."""
    with tempfile.TemporaryDirectory() as folder:
        texts = write_dated_texts(folder, CHANGING, size, sentences=sentences, seed=seed)
        return Corpus.from_documents(texts, texts / "table.csv", min_count=5)


def planted(size: float, sentences: int, seed: int) -> tuple[int, int]:
    """How many of the ten were found, and how many others."""
    corpus = corpus_with(size, sentences, seed)
    words = [word for word in corpus.vocabulary.words if word.startswith("t")]
    found = {word.word for word in find_changes(corpus, "50", words=words, seed=seed).found}
    return len(found & set(CHANGING)), len(found - set(CHANGING))


def shuffled(runs: int) -> int:
    """In how many of so many runs with shuffled dates any word was found."""
    corpus = corpus_with(0.0, 150, seed=1)
    vectors = SVD(dim=100, window=5, power=0.5).fit(corpus, show_progress=False).vectors
    space = Space.of(corpus, vectors)
    dates = groups_of(space.documents, "50").members
    rng, found = np.random.default_rng(1), 0
    for run in range(runs):
        order = rng.permutation(len(space.documents)).tolist()
        groups = Groups("50", {name: [order[i] for i in members] for name, members in dates.items()})
        changes = find_changes(corpus, words=CHANGING + OTHERS, space=space, groups=groups, seed=run)
        found += bool(changes.found)
    return found


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--planted", type=int, default=3, metavar="RUNS", help="of each size (default: 3)")
    parser.add_argument("--shuffled", type=int, default=200, metavar="RUNS", help="with shuffled dates (default: 200)")
    arguments = parser.parse_args()
    for size, sentences in ((1.0, 200), (0.5, 200), (0.5, 400), (0.3, 400)):
        found = [planted(size, sentences, seed) for seed in range(1, arguments.planted + 1)]
        hits, others = (sum(of) for of in zip(*found)) if found else (0, 0)
        print(f"size {size}, {sentences} sentences a document: {hits} of {10 * len(found)} found, {others} others")
    if arguments.shuffled:
        print(f"shuffled dates: a finding in {shuffled(arguments.shuffled)} of {arguments.shuffled} runs", flush=True)


if __name__ == "__main__":
    main()
