"""Refuses text with annotations (XML, subtitles, transcripts, sequences, tags), and numbers, with a way out.

Each is known by how it begins, and prose that begins almost like it is not refused.
"""

from __future__ import annotations

import re
from itertools import pairwise

from wordvec.corpus.read.sniffing import HEAD, NUMBER
from wordvec.errors import CorpusError

_MARKUP = re.compile(r"\s*<(\?xml|!doctype|html|mediawiki|rss|feed|tei)\b", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*)(?:\s[^<>]*)?/?>")
TAGS_OF_TEXT = {"s", "p", "doc", "unk", "pad", "eos", "bos", "num", "mask"}  # prepared text may hold these
FEWEST_TAGS = 4
_PARAGRAPH = re.compile(r"<p\s[\w-]+=", re.IGNORECASE)  # with attributes, it is of HTML
# A part of speech of Universal Dependencies, and a span's tag: a name or a phrase begins, goes on, ...
_PART_OF_SPEECH = re.compile(
    "ADJ|ADP|ADV|AUX|C?CONJ|DET|INTJ|NOUN|NUM|PART|PRON|PROPN|PUNCT|SCONJ|SYM|VERB|X|_",
)
_SPAN = re.compile(r"O|[BIESLU]-[A-Za-z][\w-]*")
_CAPITALS = re.compile(r"[A-Z$][A-Z0-9$:.*+()-]*|[^\w\s]+")  # other parts of speech: NN1, PP$, $, ADJA, .
FEWEST_TAGGED, TAGGED_LINES, MOST_COLUMNS = 5, 200, 6
FEWEST_DIMENSIONS = 10  # of vectors in a text file
# Rows of svmlight, such as "+1 qid:3 2:0.5 17:1 # note".
_SPARSE_ROW = re.compile(r"\S+(?:\s+qid:\d+)?(?:\s+\d{1,9}:[+-]?[\d.]+(?:[eE][+-]?\d+)?)+\s*(?:#.*)?")
_SPARSE_CELL = re.compile(r"\s(\d{1,9}):([+-]?[\d.]+(?:[eE][+-]?\d+)?)")
_MATRIX_MARKET = re.compile(r"\ufeff?%%MatrixMarket\b", re.IGNORECASE)
FEWEST_SPARSE = 5

WALKS = "write random walks along its edges, one a line, for --preset walks (see the guide to items and graphs)"
_BASES = "ACGTURYSWKMBDHVN"  # of DNA and RNA, with those for several of them; in small letters where they are masked

# Texts with one annotated token, time or sequence on a line, and how to take the words out of them.
_ANNOTATED = {
    "CoNLL-U": (
        re.compile(r"(?:#.*\n|[ \t]*\n)*1(?:-\d+)?(?:\t[^\t\n]+){9}\n"),
        "write its words a sentence a line: awk -F'\\t' '$1 ~ /^[0-9]+$/ {printf \"%s \", $2} /^$/ {print \"\"}' FILE",
    ),
    "subtitles": (
        re.compile(r"(?:WEBVTT\b|\s*\d+[ \t]*\n\d+:\d\d:\d\d[,.]\d{3} --> )"),
        "keep its text: sed -E '/^WEBVTT|^(Kind|Language):|^[0-9]+[^0-9A-Za-z]?$|-->/d; s/<[^>]*>//g' FILE",
    ),
    "subtitles of YouTube (SBV)": (
        re.compile(r"\d+:\d\d:\d\d\.\d{3},\d+:\d\d:\d\d\.\d{3}[ \t]*\n"),
        "keep its text: grep -vE '^[0-9]+:[0-9:.,]+.?$' FILE",
    ),
    "subtitles with numbers of frames (MicroDVD)": (
        re.compile(r"\{\d+\}\{\d+\}"),
        "keep its text: sed -E 's/\\{[^}]*\\}//g; s/[|]/ /g' FILE",
    ),
    "text with a time before each line (LRC)": (
        re.compile(r"(?:\[[a-z]+:.*\][ \t]*\n|[ \t]*\n)*(?:\[\d+:\d\d[.:]\d\d\d?\].*\n){2}"),
        "keep its text: sed -E 's/\\[[^]]*\\]|<[^>]*>//g' FILE",
    ),
    "subtitles in a script": (
        re.compile(r"\[Script Info\]\s*\n"),
        "keep its text: sed -nE 's/^Dialogue:([^,]*,){9}//p' FILE",
    ),
    "cards or a calendar (vCard or iCalendar)": (
        re.compile(r"BEGIN:V(?:CARD|CALENDAR)\s*\n"),
        "keep the texts of its notes or descriptions",
    ),
    "a CHAT transcript": (
        re.compile(r"(?:@UTF8\s*\n)?(?:@[A-Z][\w ]*:.*\n)*@Begin\s*\n"),
        'keep what was said, without the times: awk \'/^[@%*]/ {if (said) print ""; said = /^[*]/; sub(/^[^\\t]*\\t/, '
        '"")} said {gsub(/\\025[^\\025]*\\025/, ""); printf "%s ", $0} END {print ""}\' FILE',
    ),
    "labels of Praat (TextGrid)": (
        re.compile(r'(?:File type = )?"ooTextFile"[ \t]*\n(?:Object class = )?"TextGrid"'),
        "save it in Praat as a text file (not a short one), in UTF-8, and keep its labels: "
        'sed -nE \'s/^ *(text|mark) = "(.*)"[^"]*$/\\2/p\' FILE',
    ),
    "annotated sequences (GenBank, EMBL or Swiss-Prot)": (
        re.compile(r"LOCUS +\S+ +\d+ (?:bp|aa)\b|ID   \S.*\b(?:BP|AA)\.[ \t]*\n(?:[A-Z]{2}\b.*\n){2}"),
        "write them as FASTA and cut the sequences into words, such as their k-mers, one sequence a line",
    ),
    "reads of sequences (SAM)": (
        re.compile(
            r"@(?:HD|SQ|RG|PG|CO)\t(?:[A-Z][A-Za-z0-9]:|.*\n@(?:HD|SQ|RG|PG|CO)\t)"
            r"|[^\t\n]+\t\d+\t[^\t\n]+\t\d+\t\d+\t(?:\*|(?:\d+[MIDNSHPX=])+)\t[^\t\n]+\t\d+\t-?\d+\t[A-Za-z*=.]+\t"
        ),
        "keep the sequences, one a line (grep -v '^@' FILE | cut -f 10), and cut them into words, such as their k-mers",
    ),
    "variants of sequences (VCF)": (
        re.compile(r"##fileformat=VCF"),
        "say what a line of text is: the variants of a sample, for example, each as one word (chr1:123:A>G)",
    ),
    "features of sequences (GFF, BED or WIG)": (
        re.compile(
            r"##gff-version\b|#!genome-build\b|(?:browser .*\n)*track [a-zA-Z]+=.*\n"
            r"|(?:#.*\n)*(?:\S{1,40}\t\d+\t\d+\t\S+\t(?:\d+|\.)\t[+.-](?:\t.*)?\n){3}"
        ),
        "say what a line of text is: the names of the features of a sequence in their order, for example",
    ),
    "aligned sequences (Clustal, Stockholm, NEXUS or PHYLIP)": (
        re.compile(
            r"# STOCKHOLM \d\.\d|#NEXUS[ \t]*\n"
            r"|[ \t]*\d+[ \t]+\d+[ \t]*\n(?:\S.{8,30}[ \t]*[A-Z?*-]{5,}(?:[ \t]+[A-Z?*-]{1,})*[ \t]*\n){2}"
            r"|(?:CLUSTAL|MUSCLE|PROBCONS|T-COFFEE|MSAPROBS)\b.{0,80}\b(?:multiple|alignment)\b.{0,80}\n"
            rf"(?:[ \t]*\n)+\S+[ \t]+(?:[A-Z*.-]+|[{_BASES.lower()}]{{10,}}|(?=[a-z]*-)[{_BASES.lower()}-]+)"
            r"(?:[ \t]+\d+)?[ \t]*\n"
        ),
        "write them as FASTA, join the parts of each sequence without its gaps (-), and cut it into words, such as "
        "k-mers, one sequence a line",
    ),
    "structures of proteins (PDB or mmCIF)": (
        re.compile(
            r"HEADER    .{40}\d\d-[A-Z]{3}-\d\d|(?:(?:ATOM  |HETATM)[ \d]{5} .{15}(?: *-?\d+\.\d{3}){3}.*\n){2}"
            r"|(?:#.*\n)*data_\S+[ \t]*\n#?[ \t]*\n?_[a-z]\w*\.\w+[ \t]"
        ),
        "write its sequences as FASTA and cut them into words, such as their k-mers, one sequence a line",
    ),
    "molecules with coordinates (SDF or MOL)": (
        re.compile(r"(?:.*\n){3}[ \d]{6}.*V[23]000[ \t]*\n"),
        "write them as SMILES, one a line, with Open Babel for example, and cut these into atoms and bonds",
    ),
    "games of chess (PGN)": (
        re.compile(r'(?:[%;].*\n|[ \t]*\n)*(?:\[[A-Z]\w* "[^\n]*"\][ \t]*\n){3}'),
        "keep the moves, a game a line: perl -0777 -ne 's/^\\[.*\\]\\s*$/\\0/mg; s/\\{[^}]*\\}|;.*//g; "
        "1 while s/\\([^()]*\\)//g; s/\\$\\d+|\\b\\d+\\.+//g; for (split /\\0/) { "
        "s/\\s+/ /g; print qq($_\\n) if /\\S/ }' FILE",
    ),
    "tunes (ABC notation)": (
        re.compile(r"(?:%.*\n|[ \t]*\n|[A-WYZ]:.*\n)*X:[ \t]*\d+.*\n(?:(?:[A-Za-z+]:|%).*\n)*K:"),
        "keep the music, without fields such as T: and K:, and cut it into words, such as its bars, one tune a line",
    ),
    "games of Go and others (SGF)": (
        re.compile(r"\(;\s*(?:[A-Z]{1,2}(?:\[[^\]]*\]\s*)+){2}"),
        "keep the moves, a game a line: perl -0777 -ne 's/\\s+(?=[(;A-Z\\[])//g; for (split /(?=\\(;[A-Z]+\\[)/) "
        "{ print join(q( ), /;([BW]\\[\\w*\\])/g), qq(\\n) }' FILE",
    ),
    "music (Humdrum)": (
        re.compile(r"(?:!!.*\n)*\*\*[a-z]\w*(?:\t\*\*[a-z]\w*)*[ \t]*\n"),
        "keep one spine and its notes, a piece a line: cut -f 1 FILE | grep -vE '^[*!=.]' | tr '\\n' ' '",
    ),
    "songs with chords (ChordPro)": (
        re.compile(
            r"(?:\{[a-z_]+(?::[^}\n]*)?\}[ \t]*\n|#.*\n|[ \t]*\n)*\{(?:t|title|key|artist)\s*:[^}\n]*\}[ \t]*\n"
        ),
        "keep the words, sed -E '/^\\{/d; s/\\[[^]]*\\]//g' FILE, or a song's chords on a line: "
        "grep -oE '\\[[A-G][^]]*\\]' FILE | tr '\\n' ' '",
    ),
    "an e-mail with its headers": (
        re.compile(r"(?=(?:[!-9;-~]+:.*\n|[ \t]+\S.*\n)*MIME-Version:)[!-9;-~]+:", re.IGNORECASE),
        'extract its text first: python3 -c "import sys, email, email.policy as p; print(email.'
        "message_from_binary_file(open(sys.argv[1], 'rb'), policy=p.default).get_body(('plain', 'html'))"
        '.get_content())" FILE',
    ),
    "sequences (FASTA or FASTQ)": (
        re.compile(
            rf">.*\n(?:[A-Z*-]{{10,}}|[{_BASES}{_BASES.lower()}-]{{10,}})\n(?:>.*\n|[^\s>]*\n)*(?:>.*|[^\s>]*)\Z"
            r"|(?:>.*\n(?:[ACDEFGHIKLMNPQRSTVWYX*-]+\n)+){3}|@.*\n[ACGTUN]+\n\+",
            re.ASCII,
        ),
        "cut the sequences into words, such as their k-mers, one sequence a line",
    ),
}


_WAYS_OUT_OF_XML = (
    (
        re.compile(r"<alto\b"),  # pages of recognized print, as the next
        "as in python3 -c \"import sys, xml.etree.ElementTree as E; [print(*(s.get('CONTENT') for s in "
        "l.iterfind('{*}String'))) for l in E.parse(sys.argv[1]).iterfind('.//{*}TextLine')]\" FILE",
    ),
    (
        re.compile(r"<PcGts\b"),
        "as in python3 -c \"import sys, xml.etree.ElementTree as E; [print(u.text or '') for u in "
        "E.parse(sys.argv[1]).iterfind('.//{*}TextLine/{*}TextEquiv/{*}Unicode')]\" FILE",
    ),
    (re.compile(r"<mediawiki\b"), "with wikiextractor for example"),
    (re.compile(r"<graphml\b|<gexf\b"), f"or of a graph {WALKS}"),
    (re.compile(r"<!doctype html|<html\b", re.IGNORECASE), "with pandoc -t plain for example"),
    (
        re.compile(r"<ANNOTATION_DOCUMENT\b"),  # of ELAN
        "as in python3 -c \"import sys, xml.etree.ElementTree as E; [print(a.text or '') for a in "
        "E.parse(sys.argv[1]).iter('ANNOTATION_VALUE')]\" FILE",
    ),
    (
        re.compile(r"<TEI(?:\.2)?[\s>]"),
        'as in python3 -c "import sys, xml.etree.ElementTree as E; [print(*t.itertext()) for t in '
        "E.parse(sys.argv[1]).iterfind('.//{*}text')]\" FILE",
    ),
)


def refuse_markup(head: str, name: str) -> None:
    """Raise CorpusError for XML and HTML, and for other forms whose annotations would be words."""
    plain = head.removeprefix("\ufeff").replace("\r\n", "\n")
    for kind, (form, way_out) in _ANNOTATED.items():
        if form.match(plain):
            raise CorpusError(f"{name}: holds {kind}, whose markup would be words: {way_out}")
    if _are_tagged_words(plain):
        raise CorpusError(
            f"{name}: holds a word and its tags on each line, whose markup would be words: write its words a "
            'sentence a line: awk \'/^<[/](s|p)>/ || !NF || $2 ~ /^(SENT|[$]?[.])$/ {print $2 ? $1 : ""; next} '
            '!/^(# |-DOCSTART-|<[^\\t]*>$)/ {printf "%s ", $1}\' FILE'
        )
    of_html = {"p"} if _PARAGRAPH.search(head) else set()
    tags = [(slash, tag.lower()) for slash, tag in _TAG.findall(head) if tag.lower() not in TAGS_OF_TEXT - of_html]
    begins = _TAG.match(head.lstrip()) and any(slash for slash, _ in tags) and len(tags) >= FEWEST_TAGS
    if _MARKUP.match(head) or begins:
        way_out = next((f", {how}" for form, how in _WAYS_OUT_OF_XML if form.search(head)), "")
        raise CorpusError(
            f"{name}: holds XML or HTML, whose markup would be words: extract its text first{way_out}, and train on "
            "that"
        )


def _are_tagged_words(head: str) -> bool:
    """Whether every line is a word and as many tags as in the others.

    The last is a part of speech or a span's (B-PER); or one is a part of speech in capitals, as TreeTagger and corpora
    in vertical form have it, and another the word's lemma, or some words are full stops or commas.
    """
    lines = head.split("\n")[:TAGGED_LINES]
    if len(head) >= HEAD:
        lines = lines[:-1]
    marks = ("#", "-DOCSTART-")
    rows = [line.split() for line in lines if line.strip() and not line.startswith(marks) and not _TAG.fullmatch(line)]
    if len(rows) < FEWEST_TAGGED or len({len(row) for row in rows}) > 1 or not 2 <= len(rows[0]) <= MOST_COLUMNS:
        return False
    words, *columns = zip(*rows)
    tags = set(columns[-1])
    if len(tags) > 1 and any(all(map(form.fullmatch, tags)) for form in (_PART_OF_SPEECH, _SPAN)):
        return True
    are_lemmas = (sum(a.lower() == b.lower() for a, b in zip(words, column)) for column in columns)
    are_tags = (3 * len(set(column)) <= len(rows) and all(map(_CAPITALS.fullmatch, column)) for column in columns)
    is_text = not {".", ","}.isdisjoint(words) or any(2 * same >= len(rows) for same in are_lemmas)
    return is_text and any(are_tags)


def refuse_vectors(head: str, name: str) -> None:
    """Raise CorpusError for numbers: word vectors in text form, a matrix, or rows of column:value."""
    if _MATRIX_MARKET.match(head):
        raise CorpusError(
            f"{name}: holds a matrix (Matrix Market), not text to train on; scipy.io.mmread reads it in Python"
        )
    if _are_sparse_rows(head):
        raise CorpusError(
            f"{name}: holds rows of column:value (as svmlight writes), not text to train on; name the text that they "
            "were made from"
        )
    lines = [line.split() for line in head.split("\n")[:6] if line.strip()]
    lines = lines[:-1] if len(head) >= HEAD else lines  # the last one may be cut off
    rows = lines[1:] if lines and len(lines[0]) == 2 else lines
    if len(rows) < 2 or len({len(row) for row in rows}) > 1 or len(rows[0]) <= FEWEST_DIMENSIONS:
        return
    numbers = [cell for row in rows for cell in row[1:]]
    are_vectors = all(map(NUMBER.fullmatch, numbers)) and any("." in cell for cell in numbers)
    if are_vectors and not all(NUMBER.fullmatch(row[0]) for row in rows):
        raise CorpusError(f"{name}: holds word vectors, not text to train on; name the text")


def _are_sparse_rows(head: str) -> bool:
    """Whether every line is a label and values by column, in order: as decimal numbers, or all 1.

    Times of day, such as 9:30, are neither.
    """
    lines = [line for line in head.split("\n") if line.strip() and not line.startswith("#")][:TAGGED_LINES]
    lines = lines[:-1] if len(head) >= HEAD else lines
    if len(lines) < FEWEST_SPARSE or not all(map(_SPARSE_ROW.fullmatch, lines)):
        return False
    cells = [_SPARSE_CELL.findall(line) for line in lines]
    values = [value for row in cells for _, value in row]
    in_order = all(int(a) < int(b) for row in cells for (a, _), (b, _) in pairwise(row))
    return in_order and (set(values) == {"1"} or any("." in value for value in values))
