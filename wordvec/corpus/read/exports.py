r"""Refuses what is no text to train on, here exports of other programs: chats, references, RDF, SQL and the like.

Some are known by their first lines, others because many of their lines have the same form. Each has a way to its text.
"""

from __future__ import annotations

import re

from wordvec.corpus.read.annotated import WALKS, refuse_markup, refuse_vectors
from wordvec.corpus.read.sniffing import HEAD, table_of
from wordvec.corpus.read.structured import refusal_of
from wordvec.errors import CorpusError

FEWEST_LINES, SHARE_OF_LINES = 5, 0.2  # of the lines with text: a message or a statement may have several
SHARE_OF_COMMANDS = 0.05  # of LaTeX: a chapter may be mostly prose
# A date in figures, a time, and what stands between them and after them in the exports of WhatsApp: am, pm, ...
_DATED = r"[\u200e\u200f]*\[?\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}\.?,?\s[^\d\n]{0,9}\d{1,2}[:.]\d\d(?:[:.]\d\d)?"
_LEVEL = r"\S*(?:DEBUG|INFO|NOTICE|WARN|ERROR|CRITICAL|FATAL)\S*:"  # of a program's log, which may be trained on
_NOTES = r"(?:[%#].*\n|[ \t]*\n)*"  # comments and empty lines

_BEGINNINGS = {
    "references with fields (RIS, MEDLINE, EndNote or Web of Science)": (
        re.compile(r"\s*(?:TY  - [A-Z]+[ \t]*\n|PMID- \d+[ \t]*\n|%0 [A-Z]\w+|FN .*\nVR \d)"),
        "keep its titles and abstracts, one a line: perl -0777 -ne 's/\\r//g; s/\\n {2,}(?=\\S)/ /g; "
        'print "$1\\n" while /^(?:TI|T1|AB|N2|%T|%X) *(?:- )?(.*)/mg\' FILE',
    ),
    "references (BibTeX)": (
        re.compile(
            r"(?:%.*\n|[ \t]*\n|@(?:comment|preamble|string)\b.*\n)*@[A-Za-z]+[ \t]*\{[^\s,{}]+,[ \t]*\n", re.IGNORECASE
        ),
        "keep its titles and abstracts, one a line: perl -0777 -ne 'while (/^\\s*(?:title|abstract)\\s*=\\s*"
        '(\\{(?:[^{}]|(?1))*\\}|"[^"]*")/gim) { $_t = $1; $_t =~ s/\\\\[A-Za-z]+|[{}"\\\\]//g; $_t =~ s/\\s+/ /g; '
        'print "$_t\\n" }\' FILE',
    ),
    "RDF (N-Triples or Turtle)": (
        re.compile(
            rf"{_NOTES}(?:@prefix\s+\S*:\s+<|@base\s+<|prefix\s+\S*:\s*<|base\s+<\S+>|"
            r'(?:<\w+:[^<>\s]*>|_:\S+)\s+<\w+:[^<>\s]*>\s+(?:<\w+:[^<>\s]*>|_:|"))',
            re.IGNORECASE,
        ),
        'keep its texts: perl -0777 -ne \'print "$2\\n" while /("""|")(.*?)(?<!\\\\)\\1/gs\' FILE; for vectors of '
        f"the nodes {WALKS}",
    ),
    "a graph (Pajek, GML, DOT or GDF)": (
        re.compile(
            r"(?:%.*\n|[ \t]*\n|\*network\b.*\n)*\*vertices[ \t]+\d+|(?:#.*\n|[ \t]*\n|creator\b.*\n|version\b.*\n)*"
            r"graph\s*\[\s*\n|nodedef>|"
            r"(?://.*\n|/\*(?:(?!\*/).)*\*/|[ \t]*\n)*(?:strict\s+)?(?:di)?graph\b[^\n{.,]{0,80}\{[^\n}]*(?:\n|--|->)",
            re.IGNORECASE,
        ),
        WALKS,
    ),
    "commands of a database (SQL)": (
        re.compile(
            r"(?:--.*\n|/\*.*\n|[ \t]*\n|(?:set|pragma|begin|start|use|lock|drop|alter|create|select|\\connect)\b.*;"
            r"[ \t]*\n)*(?:create\s+(?:\w+\s+){0,4}table\s+(?:\w+\s+){0,3}[^\s(]+\s*\((?:.*[,;])?[ \t]*\n|"
            r"insert\s+into\s+\S+\s*(?:\(|values\b)|drop\s+table\s.*;)|"
            r"(?:--[ \t]*\n)?-- (?:PostgreSQL database|MySQL|MariaDB|phpMyAdmin SQL) dump\b",
            re.IGNORECASE,
        ),
        "load it into its database and write the column with the text as CSV, as with sqlite3 -csv, and name it by "
        "--field",
    ),
    "a log of Zeek": (
        re.compile(r"#separator \S+[ \t]*\n(?:#.*\n)*#fields\b"),
        "it is a table after its lines with #: grep -v '^#' FILE > log.tsv, and a column by its number, as in "
        "--field 10",
    ),
    "translations of a program (gettext)": (
        re.compile(rf'{_NOTES}(?:msgctxt ".*\n)?msgid "'),
        "write one language a line with po2txt or Python's polib",
    ),
    "LaTeX": (
        re.compile(
            r"(?:%.*\n|[ \t]*\n|\\[A-Za-z@]+.*\n)*\\document(?:class|style)\b|"
            rf"{_NOTES}\\(?:part|chapter|(?:sub)*section|begin|input|include)\*?[\[{{]"
        ),
        "extract its text first, with detex or pandoc -t plain for example",
    ),
}

# Forms of lines, with the share that they have at least.
_LINES = {
    "a chat with a date, a time and a name before each message": (
        re.compile(rf"{_DATED}[^\]\d\n:-]{{0,8}}(?:\]| -)\s(?!{_LEVEL})[^:\n]{{1,60}}:(?:\s|$)"),
        SHARE_OF_LINES,
        "keep the messages, without notes such as <Media omitted>: perl -CSD -ne 's/\\r//; "
        "s/^[\\x{200e}\\x{200f}]*\\[?\\d+[.\\/-] ?\\d+[.\\/-][^\\]\\n]*?\\d[:.]\\d\\d[^\\]\\n]*?(?:\\]| -)\\s// "
        "and !s/^[^:\\n]*:\\s// and next; "
        "print unless /^(?:<[^>]*>|\\x{200e}.*)$/' FILE",
    ),
    "a chat with a name and a time before each message": (
        re.compile(r"\[[^\[\]\n]{1,60}\] \[[^\d\[\]\n]{0,9}\d{1,2}:\d\d[^\d\[\]\n]{0,9}\] "),
        SHARE_OF_LINES,
        "keep the messages: sed -nE 's/^\\[[^]]*\\] \\[[^]]*\\] //p' FILE",
    ),
    "a chat with a time and a name before each message": (
        re.compile(r"[\[(]?(?:\d{4}-\d\d-\d\d[ T])?\d{1,2}:\d\d(?::\d\d)?[\])]? +<[ @+%&~]?[^<>\s]{1,40}> "),
        SHARE_OF_LINES,
        "keep the messages: sed -nE 's/^[^<]*<[^>]*> //p' FILE",
    ),
    "LaTeX": (
        re.compile(r".*\\(?:begin|end|chapter|(?:sub)*section\*?|label|input|include)\{"),
        SHARE_OF_COMMANDS,
        _BEGINNINGS["LaTeX"][1],
    ),
}


def refuse_exports(head: str, name: str) -> None:
    r"""Raise CorpusError for text that other programs wrote with marks, names and times around it.

    >>> refuse_exports("10:30 was the time\nwhen Anna: came\n", "a.txt")
    """
    plain = head.removeprefix("\ufeff").replace("\r\n", "\n")
    lines = [line for line in plain.split("\n") if line.strip()]
    lines = lines[:-1] if len(head) >= HEAD else lines  # the last one may be cut off
    kinds = [(kind, way_out) for kind, (form, way_out) in _BEGINNINGS.items() if form.match(plain)]
    for kind, (form, share, way_out) in _LINES.items():
        found = sum(form.match(line) is not None for line in lines)
        if found >= max(FEWEST_LINES, share * len(lines)):
            kinds.append((kind, way_out))
    if kinds:
        kind, way_out = kinds[0]
        raise CorpusError(f"{name}: holds {kind}, whose markup would be words: {way_out}")


def refuse_other_text(head: str, name: str) -> None:
    """Raise CorpusError for tables, markup and vectors, whose names, tags and numbers would become words."""
    if not head.strip():
        return
    try:
        refuse_markup(head, name)
        refuse_exports(head, name)
        refuse_vectors(head, name)
        if table := table_of(head, name):
            raise CorpusError(f"{name}: {refusal_of(table)}")
    except CorpusError as error:
        raise CorpusError(f"{error}; plain_text (--plain-text) reads its lines as they are") from None
