"""The options of scripts/benchmark.py, and what follows from them: who runs how often, and how long it will take."""

from __future__ import annotations

import argparse
import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path

from benchmarks.contenders import CONTENDERS
from benchmarks.counting import GLOVE_PROGRAMS, programs
from benchmarks.glove import TRAINING_PROGRAMS
from benchmarks.loading import PEER, WORDS
from benchmarks.queries import WORDS as QUERY_WORDS
from benchmarks.race import RUNNERS
from benchmarks.runs import RESULTS, Entry, alternate
from benchmarks.sessions import CONTENDERS as SIDES
from benchmarks.sessions import WINDOWS
from wordvec.arrays import device_module
from wordvec.errors import MissingExtraError, OptionError

QUICK_LINES = 120_000
LEARNING_RATES = {"skipgram": 0.025, "cbow": 0.05}  # word2vec's, for all contenders
SLOW_PEERS = ("fasttext", "fasttext-subwords", "gensim-subwords")  # in one round only of a quick run
ROUGH_RATES = {  # words/s of skip-gram and CBOW in 100 dimensions on two cores: for the estimate of the time, no more
    "gensim": (0.45e6, 1.4e6),
    "fasttext": (0.18e6, 0.4e6),
    "fasttext-subwords": (0.11e6, 0.4e6),
    "gensim-subwords": (0.08e6, 0.4e6),
    "wordvec": (3.5e6, 6e6),
    "wordvec-subwords": (2e6, 3e6),
    "wordvec-hogwild": (4e6, 6e6),
    "wordvec-svd-start": (3.5e6, 6e6),
    "wordvec-before": (3.5e6, 6e6),
    "wordvec-pool": (3.5e6, 6e6),
    "wordvec-half": (3.5e6, 6e6),
    "wordvec-sequential": (1e6, 2e6),
    "wordvec-layers": (0.04e6, 0.15e6),
    "wordvec-layers-gpu": (1e6, 1.5e6),
    "wordvec-gpu": (40e6, 80e6),
    "torch-gpu": (1e6, 1e6),
}


def parse_arguments(arguments: Sequence[str] | None, description: str | None) -> argparse.Namespace:
    """The options; those of --quick and --device gpu fill what was left open."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--quick", action="store_true", help=f"first {QUICK_LINES:,} lines, 100 dimensions, scores not judged")
    add("--corpus", metavar="FILE", help="text, one sentence a line (default: en17m.txt.zst of the data folder)")
    add("--evaluation", metavar="DIR", help="folder of the evaluation sets (default: evaluation in the data folder)")
    add("--lines", type=int, help="use only the first so many lines")
    add("--peers", nargs="+", metavar="NAME", help="default: gensim fasttext; none for none")
    add("--contenders", nargs="+", metavar="NAME", help="default: wordvec wordvec-hogwild")
    add("--before", metavar="DIR", help="another checkout of wordvec, which is then the contender wordvec-before")
    add("--models", nargs="+", default=["skipgram", "cbow"], choices=("skipgram", "cbow"))
    add("--dim", nargs="+", type=int, help="default: 100 300")
    add("--threads", nargs="+", type=int, default=[2, 1], help="wordvec's; peers get the most of them (default: 2 1)")
    add("--pairs", type=int, default=3, help="rounds in which all run one after the other (default: 3)")
    add("--epochs", type=int, default=5, help="of the runs for quality; rates are of one epoch (default: 5)")
    add("--seeds", type=int, default=1, help="runs for quality of each contender (default: 1)")
    add("--window", type=int, default=5)
    add("--negatives", type=int, default=5)
    add("--subsample", type=float, default=1e-3)
    add("--min-count", type=int, default=5)
    add("--learning-rate", type=float, help="of all contenders (default: 0.025 for skip-gram, 0.05 for CBOW)")
    add("--svd", action="store_true", help="the SVD of the PPMI matrix, against scipy's")
    add("--race", action="store_true", help="from text to vectors: gensim's 5 epochs, and 3 from a spectral start")
    add("--corpora", nargs="+", metavar="NAME", help=f"also what is not shuffled text: {', '.join(WINDOWS)}")
    add("--windows", nargs="+", metavar="N", help="of --corpora, such as 5 20 sentence (default: by corpus)")
    add(
        "--negative-powers", nargs="+", type=float, metavar="P", help="of --corpora (default: 0.75; sessions also -0.5)"
    )
    add("--sides", nargs="+", default=list(SIDES), metavar="NAME", help=f"of --corpora (default: {' '.join(SIDES)})")
    add("--scale", type=float, default=1.0, help="size of the generated --corpora (default: 1)")
    add("--device", default="cpu", choices=("cpu", "gpu"))
    add("--book", metavar="DIR", help="also against a checkout of oreilly-japan/deep-learning-from-scratch-2")
    add(
        "--counts",
        nargs="?",
        const="",
        metavar="GLOVE_DIR",
        help="also count co-occurrences, with a folder of GloVe's built programs against its cooccur",
    )
    add(
        "--glove",
        metavar="GLOVE_DIR",
        help="also train GloVe, with a folder of GloVe's built programs against its glove",
    )
    add("--glove-iterations", type=int, default=15, help="of its runs for scores; 0 leaves them out (default: 15)")
    add(
        "--encode",
        action="store_true",
        help="also from text to ids, against gensim's build_vocab (--peers none: alone)",
    )
    add("--loading", nargs="?", const=WORDS, type=int, metavar="WORDS", help=f"files of so many (default: {WORDS:,})")
    add("--queries", nargs="?", const="", metavar="FILE", help="also questions; FILE: vectors for what int8 finds")
    add("--query-words", type=int, default=QUERY_WORDS, metavar="N", help=f"of so many (default: {QUERY_WORDS:,})")
    add("--scoring", nargs="?", const="", metavar="FILE", help="also scores, against gensim; FILE: vectors to score")
    add("--no-rates", dest="rates", action="store_false", help="leave out the rates")
    add("--no-quality", dest="quality", action="store_false", help="leave out the scores")
    add(
        "--results",
        type=Path,
        default=RESULTS,
        help="folder of JSON lines",
    )
    add("--name", help="of the result file, after the date (default: quick, full or gpu)")
    options = parser.parse_args(arguments)
    gpu = options.device == "gpu"
    if options.before:
        os.environ["WORDVEC_BEFORE"] = os.path.abspath(options.before)
    options.name = options.name or ("gpu" if gpu else "quick" if options.quick else "full")
    options.lines = options.lines or (QUICK_LINES if options.quick else None)
    options.dim = options.dim or ([100] if options.quick else [100, 128] if gpu else [100, 300])
    options.peers = options.peers or (["wordvec"] if gpu else ["gensim", "fasttext"])
    options.peers = [] if options.peers == ["none"] else options.peers
    options.contenders = options.contenders or (["wordvec-gpu"] if gpu else ["wordvec", "wordvec-hogwild"])
    return options


def check(options: argparse.Namespace) -> None:
    """Raise now what would fail later: an unknown name, a missing package, no GPU."""
    if "wordvec-before" in options.contenders and not os.environ.get("WORDVEC_BEFORE"):
        raise OptionError("wordvec-before is another checkout: give its folder with --before")
    missing = [name for name in GLOVE_PROGRAMS if options.counts and name not in programs(options.counts)]
    if missing:
        raise OptionError(f"{options.counts} has no {' and no '.join(missing)}: --counts wants GloVe's built programs")
    missing = [name for name in TRAINING_PROGRAMS if options.glove and name not in programs(options.glove, [name])]
    if missing:
        raise OptionError(f"{options.glove} has no {' and no '.join(missing)}: --glove wants GloVe's built programs")
    run = options.peers + options.contenders if options.rates or options.quality or options.encode else []
    run += [PEER] if (options.loading or options.queries is not None) and PEER in options.peers else []
    check_corpora(options)
    for name in [*run, *(RUNNERS if options.race else ()), *(options.sides if options.corpora else ())]:
        if name not in CONTENDERS:
            raise OptionError(f"no contender {name!r}; there are: {', '.join(CONTENDERS)}")
        package, extra = CONTENDERS[name].package, CONTENDERS[name].extra
        if importlib.util.find_spec(package) is None:
            raise MissingExtraError(package, extra, f"the comparison with {name}")
    for name in ("pairs", "epochs", "seeds", "lines", "loading", "query_words"):
        if getattr(options, name) is not None and getattr(options, name) < 1:
            raise OptionError(f"--{name} must be at least 1; got {getattr(options, name)}")
    if min(options.threads) < 1:
        raise OptionError(f"--threads must be at least 1; got {min(options.threads)}")
    if options.device == "gpu" or any(name.endswith("-gpu") for name in options.contenders):
        device_module("gpu")
    if options.book and not (Path(options.book) / "ch04" / "cbow.py").is_file():
        raise OptionError(
            f"{options.book} has no ch04/cbow.py: --book wants a checkout of deep-learning-from-scratch-2"
        )


def check_corpora(options: argparse.Namespace) -> None:
    """Raise for a corpus that does not exist, or a window that is none."""
    for name in options.corpora or ():
        if name not in WINDOWS:
            raise OptionError(f"--corpora: no corpus {name!r}; there are: {', '.join(WINDOWS)}")
    for window in options.windows or ():
        if window != "sentence" and not (window.isdecimal() and int(window) >= 1):
            raise OptionError(f"--windows: a number of words or 'sentence' expected; got {window!r}")
    if not options.scale > 0:
        raise OptionError(f"--scale must be above 0; got {options.scale}")


def make_entries(options: argparse.Namespace) -> list[Entry]:
    """The rows of a table in the order of a round: peer, own, peer, own, ..., then wordvec with fewer threads."""
    most = max(options.threads)

    def rounds(slow: bool) -> int:
        return 1 if options.quick and slow else options.pairs

    peers = [Entry(name, "peer", most, rounds(name in SLOW_PEERS)) for name in options.peers]
    own = [Entry(name, "own", most, options.pairs) for name in options.contenders]
    fewer = [
        Entry(name, "own", threads, rounds(True))
        for threads in sorted(set(options.threads) - {most}, reverse=True)
        for name in options.contenders
    ]
    return alternate(peers, own) + fewer


def estimate(options: argparse.Namespace, entries: Sequence[Entry], words: int) -> float:
    """Rough minutes of the whole run, from ROUGH_RATES."""
    seconds = 30.0 + 60.0 * bool(options.book)
    if options.encode:
        seconds += options.pairs * (15 + words / 2e6)
    if options.counts is not None:
        seconds += options.pairs * words * (3e-6 if options.counts else 1e-6)
    if options.glove is not None:  # some 2.3 cells a word of text, at 10**6 cells a second
        iterations = 2 * options.pairs + options.glove_iterations
        seconds += words * (2e-6 + 2.8e-6 * iterations)
    for model in options.models:
        for dim in options.dim:
            for entry in entries:
                rate = ROUGH_RATES[entry.name][model == "cbow"] * 100 / dim * min(entry.threads, 2) / 2
                reading = 2 + words / 2e6
                if options.rates:
                    seconds += entry.rounds * (words / rate + reading)
                if options.quality and not options.quick and entry.threads == max(options.threads):
                    seconds += options.seeds * (options.epochs * words / rate + reading + 10)
    return seconds / 60
