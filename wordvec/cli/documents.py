"""Arguments and output about the documents of a corpus, shared by ``corpus``, ``concordance`` and ``change``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wordvec.cli.output import print_json
from wordvec.cli.questions import comma_separated
from wordvec.errors import InputError, OptionError, counted, listed
from wordvec.progress import announce
from wordvec.terminal import printable

if TYPE_CHECKING:
    from wordvec.corpus import Corpus
    from wordvec.corpus.documents.groups import Groups


def add_metadata_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the metadata that define documents."""
    group = parser.add_argument_group("documents (then the corpus can be split, cited and compared by date)")
    group.add_argument(
        "--metadata",
        metavar="TABLE",
        help="a table with one row per text file: CSV, TSV, JSON, Parquet, Feather or Arrow with a column for its path "
        "and others: year, ...",
    )
    group.add_argument(
        "--path-column",
        metavar="NAME",
        help="column of that table that holds the path (default: path, file, filename or name)",
    )
    group.add_argument(
        "--metadata-fields", metavar="NAME,NAME", help="with --field: fields of each record to keep as metadata"
    )


def add_group_arguments(parser: argparse.ArgumentParser, required: bool = False) -> None:
    """Declare how documents are put into groups."""
    parser.add_argument(
        "--by",
        required=required,
        metavar="HOW",
        help="year, decade, century or a number of years; half: two random halves; or a column of the metadata",
    )
    parser.add_argument("--date-column", metavar="NAME", help="column that holds the dates (default: year or date)")


def read_documented(arguments: argparse.Namespace, options: dict[str, Any]) -> Corpus:
    """The corpus of files with metadata, built with the options of `Corpus.build`."""
    from wordvec.corpus import Corpus

    fields = comma_separated(arguments.metadata_fields)
    where = {"metadata": arguments.metadata, "path_column": arguments.path_column, "metadata_fields": fields}
    return Corpus.from_documents(arguments.text, **where, **options)


def add_document_arguments(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Declare which parts of the text are documents, and their ids."""
    parser.add_argument("--id", metavar="NAME", help="field with the id of a record (default: its number, from 1)")
    parser.add_argument(
        "--whole-files", action="store_true", help="each plain text file is one document, with its path as id"
    )


def add_trained_documents(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the document trainer that are not its options."""
    group = parser.add_argument_group("documents (paragraph-vectors; each line or record is one)")
    group.add_argument(
        "--documents", metavar="FILE", help="file for the document vectors (default: OUT with .documents in it)"
    )
    add_document_arguments(group)
    group.add_argument(
        "--tags",
        metavar="NAME",
        help="field with the tags of a record, a list or a text separated by ;: each tag gets a vector, and with --id "
        "each record gets one, too",
    )


def check_documents(arguments: argparse.Namespace, trainer: str | None) -> None:
    """Set the file for document vectors. Raises OptionError if none are trained, or a cluster should train them."""
    from wordvec.corpus.storage import is_corpus_folder
    from wordvec.files import check_writable
    from wordvec.vectors.document_files import ids_file
    from wordvec.vectors.load import format_for

    of_texts = {"--id": arguments.id, "--whole-files": arguments.whole_files, "--tags": arguments.tags}
    if trainer != "paragraph-vectors":
        asked = {"--documents": arguments.documents, **of_texts}
        given = ", ".join(option for option, value in asked.items() if value)
        if given:
            raise OptionError(f"{given}: documents are trained by --trainer paragraph-vectors: give that, too")
        return
    given = ", ".join(option for option, value in of_texts.items() if value)
    if given and len(arguments.text) == 1 and is_corpus_folder(Path(arguments.text[0])):
        raise OptionError(f"{given}: {arguments.text[0]} is a corpus, which has its documents already: name the texts")
    if given and (getattr(arguments, "metadata", None) or getattr(arguments, "metadata_fields", None)):
        raise OptionError(f"{given}: --metadata and --metadata-fields say what the documents are: leave either out")
    if arguments.scheduler:
        raise OptionError("paragraph-vectors: all documents are trained on one machine: leave out --scheduler")
    out = Path(arguments.out)
    if out.suffix.lower() not in (".safetensors", ".npz"):
        raise OptionError(
            f"{out}: only .safetensors and .npz keep what is needed to infer new documents: use one of them"
        )
    arguments.documents = arguments.documents or str(out.with_name(f"{out.stem}.documents{out.suffix}"))
    if Path(arguments.documents).suffix.lower() == ".npy":
        check_writable(ids_file(arguments.documents))
    else:
        format_for(arguments.documents)
    check_writable(arguments.documents)
    if Path(arguments.documents).resolve() == out.resolve():
        raise OptionError(f"{arguments.out}: words and documents go to two files: give --documents another name")


def document_line(documents: dict[str, Any]) -> str:
    """The line about the trained documents."""
    line = f"{documents['out']}: {counted(documents['documents'], 'document or tag', 'documents or tags')}"
    empty = documents["empty"]
    return f"{line}; {empty:,} have no known word, and rows of zeros" if empty else line


def read_tagged(arguments: argparse.Namespace, options: dict[str, Any]) -> Corpus:
    """The corpus of documents for the arguments of `add_trained_documents`, tagged by id or by `--tags`."""
    from wordvec.corpus import Corpus
    from wordvec.corpus.read.document_texts import DocumentTexts

    how = {"encoding": options["encoding"], "encoding_errors": options["encoding_errors"]}
    where = {"whole_files": arguments.whole_files, "tags_field": arguments.tags, "plain_text": arguments.plain_text}
    texts = DocumentTexts(arguments.text, arguments.field, arguments.id, **where, **how)
    of_reading = ("field", "strict", "plain_text")
    kept = {name: value for name, value in options.items() if name not in of_reading and value is not None}
    of_its_own = arguments.id is not None or arguments.tags is None
    return Corpus.from_tagged(
        ((text, [*([texts.ids[-1]] if of_its_own else []), *texts.tags]) for text in texts), **kept
    )


def groups_asked_for(corpus: Corpus, arguments: argparse.Namespace) -> Groups:
    """The groups of documents that the arguments define; documents in no group are reported."""
    from wordvec.corpus.documents.groups import groups_of
    from wordvec.corpus.documents.splitting import documents_of

    seed = getattr(arguments, "seed", None)
    groups = groups_of(
        documents_of(corpus), arguments.by, date_column=arguments.date_column, seed=1 if seed is None else seed
    )
    if groups.note:
        announce(groups.note)
    return groups


def print_groups(corpus: Corpus, arguments: argparse.Namespace) -> None:
    """Print a line for each group of documents."""
    from wordvec.corpus.documents.splitting import documents_of, group_sizes

    groups = groups_asked_for(corpus, arguments)
    sizes = group_sizes(corpus, groups)
    if arguments.json:
        found = {"by": groups.by, "groups": [size._asdict() for size in sizes]}
        names = [documents_of(corpus).name(i) for i in groups.without]
        print_json(found | {"documents_without": len(names), "without": names})
        return
    print(f"{groups.by:16} {'documents':>10} {'sentences':>10} {'tokens':>12} {'words':>9}")
    for size in sizes:
        name = printable(size.name)
        print(f"{name:16} {size.documents:10,} {size.sentences:10,} {size.tokens:12,} {size.words:9,}")


def save_parts(corpus: Corpus, arguments: argparse.Namespace) -> None:
    """Write each group of documents as a separate corpus."""
    from wordvec.corpus.documents.splitting import check_parts, folder_name, part_of
    from wordvec.corpus.storage import KIND, is_corpus_folder
    from wordvec.folders import check_folder_writable

    if is_corpus_folder(Path(arguments.out)):
        raise OptionError(f"{arguments.out}: is a corpus itself; the parts become folders in a folder of their own")
    groups = groups_asked_for(corpus, arguments)
    targets = {name: Path(arguments.out) / folder_name(name) for name in groups.names}
    if len(set(targets.values())) < len(targets):
        raise OptionError(f"two of the groups would have the same folder: {', '.join(groups.names)}"[:500])
    try:
        Path(arguments.out).mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise InputError(f"{arguments.out}: is a file, or is below one; name a folder for the parts") from error
    _check_no_other_parts(Path(arguments.out), set(targets.values()))
    for target in targets.values():
        check_folder_writable(target, KIND)
    check_parts(corpus, groups, arguments.min_count)
    written: list[dict[str, Any]] = []
    for name, target in targets.items():
        part = part_of(corpus, groups, name, arguments.min_count)
        part.save(target)
        facts = {"documents": len(groups.members[name]), "tokens": len(part.ids), "words": len(part.vocabulary)}
        written.append({"group": name, "out": str(target), **facts})
        if not arguments.json:
            documents, tokens = counted(facts["documents"], "document"), counted(facts["tokens"], "token")
            print(f"{printable(str(target))}: {documents}, {tokens}")
    if arguments.json:
        print_json({"by": groups.by, "parts": written})


def _check_no_other_parts(folder: Path, targets: set[Path]) -> None:
    """Raise InputError if the folder has parts of another split, which would be mistaken for parts of this one."""
    from wordvec.corpus.storage import is_corpus_folder

    shown = [each for each in folder.iterdir() if not each.name.startswith(".")]  # hidden: what a killed run left
    others = sorted(each.name for each in shown if is_corpus_folder(each) and each not in targets)
    if others:
        raise InputError(
            f"{folder}: holds {counted(len(others), 'corpus', 'corpora')} that would be taken for parts of this "
            f"split: {listed(others, 5)}; remove what is there, or name another folder"
        )
