"""Fit n-grams to vectors, so that unseen words get vectors too; rare words may be shrunk towards their n-grams.

  wordvec subwords vectors.safetensors -o with.safetensors
  wordvec subwords vectors.safetensors -o with.safetensors --lean           held-out words choose k
  wordvec subwords vectors.safetensors -o with.safetensors --lean 20 --similarity wordsim353.txt
  wordvec subwords vectors.safetensors -o hashed.safetensors --buckets 50000 --hashes 2
  wordvec convert hashed.safetensors table.floret --to floret            then: spacy init vectors --mode floret

Any vectors can be used. Without --lean the word vectors are unchanged, byte for byte. With it a word seen c times gets
(c own + k predicted) / (c + k), computed from rows of length 1.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Any

from wordvec.cli import before_and_after as scoring
from wordvec.cli.output import print_json
from wordvec.errors import counted

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("file", metavar="FILE", help="a file of vectors, in any format wordvec reads")
    parser.add_argument("-o", "--out", required=True, metavar="OUT", help=".safetensors or .npz, which keep n-grams")
    add_subword_arguments(parser)
    parser.add_argument(
        "--hashes",
        type=int,
        metavar="N",
        help="with --buckets, n-grams for floret and spaCy: N rows each by floret's hash, 1 to 4 (default: fastText's)",
    )
    parser.add_argument(
        "--ridge", type=float, metavar="F", help="strength of the ridge regression (default: 0.2; with --hashes 0.01)"
    )
    parser.add_argument(
        "--threads", type=int, metavar="N", help="threads (default: all cores); the result is the same for any number"
    )
    scoring.add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")


def add_subword_arguments(parser: Any) -> None:
    """Declare which n-grams are fitted, and whether rare words are shrunk towards them; also for ``train``."""
    parser.add_argument("--min-n", type=int, metavar="N", help="fewest characters of an n-gram of <word> (default: 3)")
    parser.add_argument("--max-n", type=int, metavar="N", help="most characters of an n-gram (default: 6)")
    parser.add_argument(
        "--buckets",
        type=int,
        metavar="N",
        help="hash n-grams into N buckets, as fastText does (default: one row per n-gram)",
    )
    parser.add_argument(
        "--jamo", action="store_true", default=None, help="split Korean syllables into their two or three letters"
    )
    parser.add_argument(
        "--lean",
        nargs="?",
        type=float,
        const=True,
        metavar="K",
        help="shrink rare words towards their n-grams, by K; without K, held-out words choose it",
    )


def given_subword_options(arguments: argparse.Namespace) -> dict[str, Any]:
    """The options of `WordVectors.fit_subwords` that were given."""
    options = {name: getattr(arguments, name) for name in ("min_n", "max_n", "buckets", "jamo", "lean")}
    return {name: value for name, value in options.items() if value is not None}


def run(arguments: argparse.Namespace) -> None:
    """Fit, write and report."""
    from wordvec.files import check_writable
    from wordvec.vectors import WordVectors

    check_keeps_subwords(arguments.out)
    check_writable(arguments.out)
    tasks = scoring.read_sets(arguments)
    before = WordVectors.load(arguments.file)
    start = time.perf_counter()
    options = given_subword_options(arguments) | {"ridge": arguments.ridge, "threads": arguments.threads}
    options["hashes"] = 0 if arguments.hashes is None else arguments.hashes
    after = before.fit_subwords(**options)
    seconds = time.perf_counter() - start
    after.save(arguments.out)
    scores = scoring.compare(before, after, tasks)
    if arguments.json:
        facts = {"out": arguments.out, "words": len(after), **after.info["subwords"], "seconds": round(seconds, 3)}
        print_json(facts | {"scores": scoring.as_json(scores)})
        return
    print("\n".join(subword_lines(after)))
    for scored in scores:
        print(scoring.score_line(*scored))
    print(f"written: {arguments.out}")


def check_keeps_subwords(out: str) -> None:
    """Raise OptionError early if the format of `out` would lose the n-grams."""
    from wordvec.errors import OptionError
    from wordvec.vectors.load import KEEP_SUBWORDS, format_for

    if format_for(out) not in KEEP_SUBWORDS:
        raise OptionError(f"{out}: this format does not keep n-grams; write .safetensors or .npz, and convert that")


def subword_lines(vectors: WordVectors) -> list[str]:
    """What was fitted, in a line or two."""
    facts = vectors.info["subwords"]
    lines = [
        f"{counted(facts['ngrams'], 'n-gram')} of {facts['min_n']} to {facts['max_n']} characters for "
        f"{counted(len(vectors), 'word')}"
    ]
    if facts["held_out_words"]:
        predicted = (
            f"{facts['held_out_words']:,} held-out words: cosine of prediction and row {facts['held_out_cosine']}"
        )
        useless = "; so little that nothing leans on predictions"
        lines.append(predicted + (f"; k = {facts['lean']:.1f}" if facts["lean"] else useless))
    if facts["lean"]:
        lines.append(
            f"rare words lean on their n-grams: (c own + {facts['lean']:.1f} predicted) / (c + {facts['lean']:.1f})"
        )
    return lines
