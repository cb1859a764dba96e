"""Write vectors in another format; the input's format is recognised by its content.

wordvec convert vectors.safetensors vectors.txt
wordvec convert matrix.npy vectors.safetensors --words-from words.txt
wordvec convert GoogleNews-vectors-negative300.bin.gz news.safetensors --limit 200000 --dtype int8
"""

from __future__ import annotations

import argparse
import warnings

from wordvec.errors import OptionError, counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("file", metavar="FILE", help="a file of vectors, in any format wordvec reads")
    parser.add_argument("out", metavar="OUT", nargs="?", help="the file to write; or give it as -o OUT")
    parser.add_argument("-o", "--out", dest="out_named", metavar="OUT", help=argparse.SUPPRESS)
    parser.add_argument(
        "--to",
        metavar="FORMAT",
        help="safetensors, word2vec-text, word2vec-binary, glove, fasttext-vec, fasttext-bin, floret, npz, parquet, "
        "arrow, csv, tsv or json (default: by OUT's suffix); text and word2vec-binary are compressed if OUT ends in "
        ".gz or .zst",
    )
    parser.add_argument("--limit", type=int, metavar="N", help="read the first N rows only")
    parser.add_argument("--words", metavar="LIST", help="keep only the words in this text file, one per line")
    parser.add_argument(
        "--words-from", metavar="LIST", help="if FILE is a matrix (.npy, .npz, text): the file of its rows' words"
    )
    parser.add_argument(
        "--dtype",
        metavar="TYPE",
        help="float32, float16 or int8; text and word2vec's formats always hold float32 (default: as in FILE)",
    )
    parser.add_argument("--strict", action="store_true", help="stop at the first fault instead of repairing it")


def run(arguments: argparse.Namespace) -> None:
    """Load, save, and report what the format does not keep."""
    from wordvec.corpus.wordlists import read_word_list
    from wordvec.files import check_writable
    from wordvec.vectors.load import format_for, not_kept
    from wordvec.vectors.word_vectors import WordVectors

    if (arguments.out is None) == (arguments.out_named is None):
        raise OptionError("give the file to write once: wordvec convert FILE OUT, or wordvec convert FILE -o OUT")
    out = arguments.out_named if arguments.out is None else arguments.out
    format = format_for(out, arguments.to)
    check_writable(out)
    words = None if arguments.words is None else read_word_list(arguments.words)
    vectors = WordVectors.load(
        arguments.file,
        limit=arguments.limit,
        words=words,
        words_from=arguments.words_from,
        dtype=arguments.dtype,
        strict=arguments.strict,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*not kept in this format")  # all that is not kept is printed below
        vectors.save(out, format=format)
    missing = 0 if words is None else len(words) - len(vectors)
    print(f"{out}: {counted(len(vectors), 'word')} in {counted(vectors.dim, 'dimension')}, {format}")
    if format == "floret":
        from wordvec.vectors.files.floret_file import closeness

        print(
            f"every word is composed of its n-grams: {closeness(vectors):.4f} is the mean cosine with their rows, "
            "weighed by log(count + 1)"
        )
    if missing:
        print(f"not among the vectors read: {missing:,} of the {len(words or ()):,} words in {arguments.words}")
    lost = not_kept(vectors, format)
    if "words_from" in vectors.info and arguments.words_from is None:
        print(f"words of the rows: {vectors.info['words_from']}")
    if lost:
        print(f"not kept in this format: {', '.join(lost)}")
