"""Translate words of SOURCE's language into TARGET's.

wordvec translate en.vec de.vec dog tea --dictionary en-de.txt
wordvec translate en.vec de.vec --dictionary en-de.train.txt --test en-de.test.txt      precision at 1, 5 and 10

The dictionary has a word and one translation on each line; a few thousand pairs of frequent words are enough. Without
one, words spelt alike in both models are used, which works for related languages. Translations are searched among the
--top most frequent target words by CSLS, which corrects for words that are near to everything. If the dictionary is
small, --refine 5 continues from the words that are each other's best translation.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from wordvec.cli.align import print_report
from wordvec.cli.dependent_options import fill_in
from wordvec.cli.output import neighbours_as_json, print_json, print_neighbours
from wordvec.cli.similar import let_options_stand_anywhere
from wordvec.errors import OptionError, counted
from wordvec.progress import announce


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("source", metavar="SOURCE", help="a file of vectors of the language to translate from")
    parser.add_argument("target", metavar="TARGET", help="a file of vectors of the language to translate into")
    parser.add_argument("words", metavar="WORD", nargs="*", help="a word to translate")
    parser.add_argument("--dictionary", metavar="FILE", help="pairs to learn from (default: words spelt alike)")
    parser.add_argument("--test", metavar="FILE", help="pairs to measure precision on")
    parser.add_argument("-k", type=int, help="how many translations of each (default: 10)")
    parser.add_argument(
        "--method", default="csls", choices=("csls", "cosine"), help="how translations are ranked (default: csls)"
    )
    parser.add_argument(
        "--top",
        type=int,
        default=30_000,
        metavar="N",
        help="the N most frequent words of each; 0: all (default: 30000)",
    )
    parser.add_argument(
        "--refine", type=int, default=0, metavar="N", help="learn again N times, from mutual translations (default: 0)"
    )
    parser.add_argument("--no-center", action="store_true", help="do not compare around the mean of the dictionary")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")
    let_options_stand_anywhere(parser)


def run(arguments: argparse.Namespace) -> None:
    """Print translations, and scores with --test."""
    from wordvec.evaluation.report import score_table, scores_as_dicts
    from wordvec.evaluation.translation import evaluate_translation
    from wordvec.vectors import WordVectors
    from wordvec.vectors.several_models.dictionaries import read_dictionary
    from wordvec.vectors.several_models.translation import Translator

    if not arguments.words and arguments.test is None:
        raise OptionError("nothing to translate: give words, or pairs to measure on with --test FILE")
    fill_in(arguments, bool(arguments.words), "WORD", k=10)
    test, dictionary = (
        None if file is None else read_dictionary(file) for file in (arguments.test, arguments.dictionary)
    )
    source, target = WordVectors.load(arguments.source), WordVectors.load(arguments.target)
    for word in arguments.words:
        source.word_id(word)  # reports a bad word before anything is computed
    pairs = None if dictionary is None else dictionary.pairs
    how: dict[str, Any] = {"method": arguments.method, "top": arguments.top or None, "refine": arguments.refine}
    translator = Translator(source, target, pairs, center=not arguments.no_center, show_progress=None, **how)
    found = dict(zip(arguments.words, translator.translate_each(arguments.words, arguments.k)))
    scores = [] if test is None else evaluate_translation(translator, test)
    if arguments.json:
        refined = asdict(translator.report) if arguments.refine else None
        report = {"method": arguments.method, "dictionary": asdict(translator.dictionary_report), "refined": refined}
        report |= {"translations": {word: neighbours_as_json(answer) for word, answer in found.items()}}
        print_json(report | {"scores": scores_as_dicts(scores)})
        return
    print_report(translator.dictionary_report)
    if arguments.refine:
        times = counted(arguments.refine, "time")
        print(f"refined {times}, the last time with words that are each other's best translation:")
        print_report(translator.report)
    for word, answer in found.items():
        print_neighbours(word, answer)
    if not scores:
        return
    print(score_table(scores))
    for note in dict.fromkeys(note for score in scores for note in score.notes):
        announce(note)
