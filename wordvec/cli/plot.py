"""Draw a map of words and other figures, as a picture; or a page to explore (.html).

wordvec plot vectors.safetensors -o map.png                                the 500 most common content words
wordvec plot vectors.safetensors -o map.pdf --words king,queen,man,woman
wordvec plot vectors.safetensors -o map.svg --color-by animals.txt plants.txt --method tsne
wordvec plot vectors.safetensors -o king.png --around king
wordvec plot vectors.safetensors -o gender.png --analogy "king:queen man:woman"
wordvec plot vectors.safetensors -o similar.png --heatmap cat,dog,cow,car
wordvec plot cbow.safetensors -o both.png --beside skipgram.safetensors
wordvec plot cbow.safetensors skipgram.safetensors -o loss.png --loss
wordvec plot scores.json -o scores.png --scores       from: wordvec evaluate ... --json > scores.json
wordvec plot text.txt -o ppmi.png --matrix ppmi --window 1
wordvec plot -o network.png --network skipgram --vocabulary 7 --dim 3
wordvec plot -o mine.png --network mine.safetensors --input "0,1; 1,1" --target 1,0      with values and gradients
wordvec plot vectors.safetensors -o map.html                               a page to explore, in one file
wordvec plot 1850s.safetensors 1900s.safetensors -o change.html            a page with a slider through several
"""

from __future__ import annotations

import argparse

from wordvec.cli.figures import FIGURES, chosen_figure
from wordvec.errors import OptionError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "files", metavar="FILE", nargs="*", default=[],
        help="vectors, in any format wordvec reads; several for --loss and for a page; scores for --scores, a text or "
        "corpus folder for --matrix, nothing for --network",
    )  # fmt: skip
    parser.add_argument("-o", "--out", required=True, help="the picture to write: .png, .svg or .pdf; or a page: .html")
    parser.add_argument("--dpi", type=int, metavar="N", help="dots per inch of a .png (default: 200)")
    _add_figures(
        parser.add_argument_group("what to draw (default: a map of the 500 most common words except function words)")
    )
    _add_maps(parser.add_argument_group("maps"))
    _add_learning(parser.add_argument_group("matrices and networks"))


def _add_figures(group: argparse._ArgumentGroup) -> None:
    what = group.add_mutually_exclusive_group()
    what.add_argument("--words", metavar="W,W,...", help="a map of these words")
    what.add_argument("--top", type=int, metavar="N", help="a map of the N most common words; or a matrix of them")
    what.add_argument("--around", metavar="WORD", help="a map of WORD and the -k words nearest to it")
    what.add_argument("--neighbours", metavar="WORD", help="bars of the cosines of the -k words nearest to WORD")
    what.add_argument("--analogy", metavar="A:B ...", help='arrows from A to B, as in "king:queen man:woman"')
    what.add_argument("--heatmap", metavar="W,W,...", help="the cosines of these words, similar ones together")
    what.add_argument("--loss", action="store_true", help="the mean loss of each epoch, as stored in FILE...")
    what.add_argument(
        "--scores", action="store_true", help="scores with their intervals, as printed by evaluate --json"
    )
    group.add_argument(
        "--matrix",
        choices=("counts", "ppmi"),
        help="co-occurrences of a small text, or PPMI in natural logarithms, without smoothing",
    )
    what.add_argument(
        "--network",
        metavar="WHAT",
        help="the layers and shapes of a network: cbow, skipgram, or a file of Sequential.save, drawn with its values",
    )


def _add_maps(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--method", choices=("pca", "tsne", "umap"), help="how to project (default: pca)")
    group.add_argument(
        "--color-by", metavar="LIST", nargs="+",
        help="colour groups of words: files of group<TAB>word, of [group] and words, or one list of words each",
    )  # fmt: skip
    group.add_argument("--clusters", type=int, metavar="N", help="colour N clusters found by k-means (default: 6)")
    group.add_argument("--beside", metavar="FILE", help="a second model, drawn beside the first and rotated onto it")
    group.add_argument("-k", type=int, metavar="N", help="how many neighbours (default: 10, --around: 40)")
    group.add_argument("--width-mm", type=float, metavar="MM", help="width of a map, such as 85 for a journal's column")
    group.add_argument("--font-size", type=float, metavar="PT", help="font size of a map, in points (default: 8)")
    group.add_argument(
        "--sizes",
        choices=("count", "equal"),
        help="sizes of a map's dots and labels: by the word's count (default), or equal",
    )
    group.add_argument(
        "--function-words",
        action="store_true",
        help="also draw words such as 'the' and 'of', which a map of the most common words leaves out",
    )
    group.add_argument("--seed", type=int, metavar="N", help="random seed for tsne, umap and clusters (default: 1)")


def _add_learning(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--window", type=int, metavar="N", help="words on each side (matrix: 5, network: 1)")
    group.add_argument("--tokenizer", metavar="NAME", help="tokenizer for the matrix's text (default: whitespace)")
    group.add_argument("--encoding", metavar="NAME", help="encoding of the matrix's text (default: utf-8)")
    group.add_argument("--vocabulary", type=int, metavar="V", help="words of the network (default: 7)")
    group.add_argument("--dim", type=int, metavar="D", help="dimensions of the network (default: 3)")
    group.add_argument("--negatives", type=int, metavar="K", help="negatives of the network (default: 5)")
    group.add_argument(
        "--input",
        metavar="ROWS",
        help="input of a network from a file: '1,0; 0,1', or a .npy, .csv or .txt; draws all values",
    )
    group.add_argument("--target", metavar="ROWS", help="target of its loss; draws the gradients too")
    group.add_argument(
        "--network-loss",
        choices=("negative-sampling", "softmax"),
        help="loss of the network (default: negative-sampling)",
    )


def run(arguments: argparse.Namespace) -> None:
    """Draw and save."""
    from wordvec.cli.explore import is_page, write_map_page

    figure = chosen_figure(arguments)
    if arguments.dpi is not None and arguments.out.lower().endswith((".svg", ".pdf", ".html")):
        raise OptionError(f"--dpi is for a .png; {arguments.out} has no dots: leave it out")
    if is_page(arguments.out):
        figure.check_page(arguments)
        write_map_page(arguments)
        return
    from wordvec.files import check_writable
    from wordvec.plots.figure import check_ending, save_figure

    check_ending(arguments.out, others=", or .html for a page")
    check_writable(arguments.out)
    axes, said = FIGURES[figure.name].draw(arguments)
    save_figure(axes, arguments.out, **({} if arguments.dpi is None else {"dpi": arguments.dpi}))
    print(f"{arguments.out}: {said}")
