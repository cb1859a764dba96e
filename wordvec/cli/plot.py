"""Draw a map of words, the neighbours of one, or the loss of a training run.

wordvec plot vectors.safetensors -o map.png                       the 500 commonest words
wordvec plot vectors.safetensors -o map.pdf --words king,queen,man,woman
wordvec plot vectors.safetensors -o king.svg --neighbours king
wordvec plot vectors.safetensors -o loss.png --loss
wordvec plot vectors.safetensors -o map.html                      a page to explore, in one file
"""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("file", metavar="FILE", help="a file of vectors, of any format wordvec reads")
    parser.add_argument("-o", "--out", required=True, help="the picture to write: .png, .svg or .pdf; or a page: .html")
    parser.add_argument("--beside", metavar="FILE", help="of a page: a second model, shown and linked beside the first")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--words", metavar="W,W,...", help="a map of these words")
    what.add_argument("--top", type=int, metavar="N", help="a map of the N commonest words (default: 500)")
    what.add_argument("--neighbours", metavar="WORD", help="the words nearest to WORD")
    what.add_argument("--loss", action="store_true", help="the mean loss of each epoch, as stored in FILE")
    parser.add_argument("-k", type=int, default=10, help="how many neighbours (default: 10)")
    parser.add_argument("--method", default="pca", choices=("pca", "tsne", "umap"), help="of the map (default: pca)")
    parser.add_argument("--seed", type=int, default=1, help="of tsne and umap, and of the colours' clusters")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Draw and save."""
    from wordvec.cli.explore import is_page, write_map_page

    if is_page(arguments.out):
        write_map_page(arguments)
        return
    from wordvec.files import check_writable
    from wordvec.plots import plot_loss, plot_map, plot_neighbours, save_figure
    from wordvec.vectors import WordVectors

    check_writable(arguments.out)
    vectors = WordVectors.load(arguments.file)
    if arguments.loss:
        axes = plot_loss(vectors.info.get("loss") or [])
    elif arguments.neighbours:
        axes = plot_neighbours(vectors, arguments.neighbours, k=arguments.k)
    else:
        words = arguments.words.split(",") if arguments.words else None
        top = 500 if arguments.top is None else arguments.top
        axes = plot_map(vectors, words, top=top, method=arguments.method, seed=arguments.seed)
    save_figure(axes, arguments.out)
    print(f"{arguments.out}: {axes.get_title(loc='left') or 'loss'}")
