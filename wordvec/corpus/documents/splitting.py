"""A corpus in parts, one for each group of its documents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wordvec.corpus.build_options import WordSelection, checked_min_count
from wordvec.corpus.documents import Documents
from wordvec.corpus.documents.groups import Groups, group_of_sentence
from wordvec.corpus.encode.token_ids import Spooled
from wordvec.errors import CorpusError, counted

if TYPE_CHECKING:
    from wordvec.corpus.corpus import Corpus


class GroupSize(NamedTuple):
    """The size of a group of documents; `words` counts vocabulary words."""

    name: str
    documents: int
    sentences: int
    tokens: int
    words: int


def documents_of(corpus: Corpus) -> Documents:
    """The documents of a corpus. Raises CorpusError if they are unknown."""
    documents = corpus.documents
    if documents is None:
        where = f"{corpus.folder}: " if corpus.folder else ""
        raise CorpusError(
            f"{where}the corpus does not know its documents: build it with a table of them, "
            "wordvec corpus build TEXT --metadata table.csv -o DIR (in Python: Corpus.from_documents)"
        )
    return documents


def group_sizes(corpus: Corpus, groups: Groups) -> list[GroupSize]:
    r"""The size of each group.

    >>> import tempfile, pathlib
    >>> from wordvec.corpus import Corpus
    >>> from wordvec.corpus.documents.groups import groups_of
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> for name in "abc":
    ...     _ = (folder / f"{name}.txt").write_text("tea and milk")
    >>> _ = (folder / "t.jsonl").write_text('{"path": "a", "year": 1851}\n{"path": "b", "year": 1859}')
    >>> corpus = Corpus.from_documents(folder, folder / "t.jsonl", min_count=1)
    >>> [tuple(size) for size in group_sizes(corpus, groups_of(corpus.documents, "decade"))]
    [('1850s', 2, 2, 6, 3)]
    """
    of_sentence = group_of_sentence(documents_of(corpus), groups)
    lengths = np.diff(corpus.sentence_starts)
    of_token = np.repeat(of_sentence, lengths)
    return [
        GroupSize(
            name,
            len(members),
            int((of_sentence == place).sum()),
            int(lengths[of_sentence == place].sum()),
            len(np.unique(corpus.ids[of_token == place])),
        )
        for place, (name, members) in enumerate(groups.members.items())
    ]


def check_parts(corpus: Corpus, groups: Groups, min_count: int | None = None) -> None:
    """Raise CorpusError, naming the group, unless every part would have a word; so a split is written whole or not."""
    least = corpus.vocabulary.min_count if min_count is None else checked_min_count(min_count)
    of_token = np.repeat(group_of_sentence(documents_of(corpus), groups), np.diff(corpus.sentence_starts))
    for place, name in enumerate(groups.names):
        ids = corpus.ids[of_token == place]
        if not len(ids):
            raise CorpusError(f"{name}: none of its documents holds a word of the corpus's vocabulary")
        most = int(np.bincount(ids).max())
        if most < least:
            raise CorpusError(
                f"{name}: the most frequent word of this part is seen {counted(most, 'time')}, which min_count={least} "
                f"leaves out: nothing is written; --min-count {most} would keep it, or larger groups"
            )


def part_of(corpus: Corpus, groups: Groups, name: str, min_count: int | None = None) -> Corpus:
    """The part of a corpus in one group of documents, with its own vocabulary.

    A word of the corpus is in the vocabulary if it occurs `min_count` times in the part (default: as in the corpus);
    words that the corpus leaves out are left out here, too. The part is in memory until it is saved.
    Raises CorpusError if no word is left.
    """
    from wordvec.corpus.corpus import Corpus
    from wordvec.corpus.parts import parts_of_tokens

    documents = documents_of(corpus)
    of_sentence = group_of_sentence(documents, groups)
    sentences = np.flatnonzero(of_sentence == groups.names.index(name))
    if not len(sentences):
        raise CorpusError(f"{name}: none of its documents holds a word of the corpus's vocabulary")
    lengths = np.diff(corpus.sentence_starts)
    ids = np.asarray(corpus.ids)[np.repeat(of_sentence == groups.names.index(name), lengths)]
    used, provisional = np.unique(ids, return_inverse=True)
    words = corpus.vocabulary.words
    spooled = Spooled(
        provisional.astype(np.int32),
        np.cumsum(lengths[sentences]),
        [words[i] for i in used.tolist()],
        np.bincount(provisional, minlength=len(used)),
    )
    part_documents = documents.only(groups.members[name], sentences)
    info = {key: value for key, value in corpus.info.items() if key not in ("max_words", "raw_sentences")}
    info |= {"split_by": groups.by, "group": name, "split_from": corpus.fingerprint}
    least = corpus.vocabulary.min_count if min_count is None else checked_min_count(min_count)
    return Corpus.of_parts(parts_of_tokens(spooled, WordSelection(least), info, documents=part_documents))


def folder_name(group: str) -> str:
    """A folder name for a group: letters and digits of any script stay, anything else becomes "_".

    >>> folder_name("1850s"), folder_name("Brontë, C."), folder_name("../x")
    ('1850s', 'Brontë_C', 'x')
    """
    return re.sub(r"[^\w-]+", "_", group).strip("_") or "_"
