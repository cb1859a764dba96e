"""Advice from the facts of a report. Each threshold is a named constant with its reason.

Shares are of all tokens unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator

from wordvec.corpus.read.sniffing import ITEM_MARKS
from wordvec.corpus.report.sentences import Boilerplate, Sentences, advise_on_boilerplate
from wordvec.corpus.report.signs import Sign
from wordvec.corpus.report.words import Forecast, Words, percent
from wordvec.errors import counted

TOY_TOKENS = 20_000  # at 35,000 even the SVD's best score on word pairs was .34, most pairs being unknown
FEW_TOKENS = 5_000_000  # WordSim-353 and MEN: SVD .49 .50 at 0.9 million, .52 .57 at 2.9; skip-gram .28 .31, .49 .44
KEPT_ENOUGH = 0.9  # min_count 5 keeps 98 % of 17 million words; below 90 % windows reach over too many holes
LETTERS = 0.5  # in English 3 to 7 % of words have one letter; in a string passed as a list of words all do
REPEATED = 0.05  # in 17 million words of cleaned English it was 0.2 %; a text that appears twice is learned twice
REPEATED_TIMES = 1000  # a heading or footer on every page
FEWEST_REPEATED, REPEATED_SHARE = 20, 0.001  # of the sentences: a heading for each part of a smaller text
ONE_SENTENCE_WORDS = 10_000  # longer than any paragraph: line ends are missing
ONE_WORD = 0.2  # of the sentences: a list of words rather than text
SAME_WORD = 0.05  # of the sentences
SHORT = 3  # words in the median sentence: fewer contexts than the smallest useful window
ATTACHED = 0.02  # raw English has about 10 %, text with separated punctuation none
CAPITALS = 0.02  # raw English has 4 to 6 %, mostly the first words of sentences
DIFFERENT_NUMBERS = 0.05  # of the vocabulary: rows that words would use better
NUMBERS = 0.2  # of the tokens: more than in any prose; times of a transcript, or ids
IDS = 0.5  # of the tokens: ids of items or nodes, not numbers in a text
MARKUP = 0.002  # cleaned text has none
LOST = 0.0001  # of the tokens: a text in another encoding, not a single page
GLUED = 0.2  # of the tokens: lists of items, while prose has none
TWICE = 0.001  # text that was read correctly has none
LONG = 0.001  # addresses and glued words
SCRIPT = 0.3  # a text in that script, not just quotations
CUT = {"Han and kana": 3.0, "Thai": 6.0}  # letters in the mean word of a text that was cut into words: 1.7, 2, 3 to 5
WRITTEN_OTHERWISE = 0.005  # of the tokens; nearly none in a text that was written by one program
ONCE_TOO_OFTEN = 0.8  # of all words; half is usual (Zipf), much more is noise: misspellings, codes, glued words
MOST_FREQUENT = 0.2  # English "the" is 6 to 7 %
UNKNOWN_MARKS = ("<unk>", "[UNK]", "<UNK>")
SPACES_ONLY = ("whitespace", "words")
KEEPS_LETTERS = ("characters",)  # tokenizers whose words are letters on purpose


def advise(
    tokens: int,
    vocabulary: int,
    kept: float | None,
    min_count: int,
    tokenizer: str | None,
    sentences: Sentences,
    words: Words,
    boilerplate: Boilerplate,
    forecasts: list[Forecast],
    available: int | None,
) -> list[str]:
    """What to do about the corpus before training, the most important first; empty if nothing stands out.

    `kept` is the share of tokens in the vocabulary and `available` the free memory in bytes; None if unknown.
    """
    signs = words.signs
    if signs["one letter"].tokens > LETTERS and tokenizer not in KEEPS_LETTERS:
        return [
            f"{percent(signs['one letter'].tokens)} of the tokens are single letters: was a string given where a list "
            "of words belongs? Give the text itself as a file, or split it into words first."
        ]
    are_lists = boilerplate.lines is not None and boilerplate.lines.lists
    found = [] if are_lists else list(_about_reading(vocabulary, tokenizer, words))
    if not found and kept is not None:  # otherwise words are cut wrongly, and the rare words will change
        found += _about_rare_words(kept, min_count, words)
    found += advise_on_boilerplate(boilerplate, sentences.number, tokens)
    if signs["joined"].tokens <= GLUED:  # otherwise the words of a line are taken for one
        found += _about_sentences(sentences)
    found += _about_size(tokens)
    if tokens >= TOY_TOKENS:
        found += _about_vocabulary(tokens, vocabulary, words)
    found += _about_memory(forecasts, available)
    return found


def _about_reading(vocabulary: int, tokenizer: str | None, words: Words) -> Iterator[str]:
    """Signs that the text was cut into the wrong words."""
    signs = words.signs
    found = advise_on_cutting(signs, tokenizer)
    yield from found
    numbers = signs["digits"].words if tokenizer != "words" else 0
    if not found and signs["digits"].tokens > IDS:
        yield (
            f"{percent(signs['digits'].tokens)} of the tokens have digits ({examples(signs, 'digits')}): if they are "
            "ids, leave --numbers alone, which makes them one word, and train with --preset items (sessions, baskets) "
            "or walks (random walks on a graph, not its edges)."
        )
    elif not found and numbers > DIFFERENT_NUMBERS * vocabulary:
        yield f"{numbers:,} words have digits ({examples(signs, 'digits')}): --numbers zero writes every number as 0."
    if signs["very long"].tokens > LONG and signs["joined"].tokens <= GLUED and signs["Han and kana"].tokens <= SCRIPT:
        yield (
            f"{signs['very long'].words:,} words have more than 40 letters ({examples(signs, 'very long')} ...): "
            "addresses, or words glued together."
        )


def advise_on_cutting(signs: dict[str, Sign], tokenizer: str | None) -> list[str]:
    """What to do about words that were cut wrongly for the language or the kind of text; `signs` of `find_signs`.

    >>> from wordvec.corpus import Vocabulary
    >>> from wordvec.corpus.report.words import find_signs
    >>> advise_on_cutting(find_signs(Vocabulary(["the", "the,"], [6, 3])), "whitespace")[0].split(",")[0]
    '33 % of the tokens have punctuation attached (the'
    """
    return [*_about_other_text(signs, tokenizer), *_about_marks(signs, tokenizer), *_about_ways_of_writing(signs)]


def _about_other_text(signs: dict[str, Sign], tokenizer: str | None) -> Iterator[str]:
    lost = signs["lost characters"]
    if lost.tokens > LOST:
        yield (
            f"{counted(lost.words, 'word')} with U+FFFD ({' '.join(lost.examples)}), which stands for characters that "
            "were lost in a wrong encoding: give the right --encoding or, if another program lost them, an older copy."
        )
    if signs["joined"].tokens > GLUED:
        yield _about_joined(signs["joined"])
    if signs["markup"].tokens > MARKUP:
        share, some = percent(signs["markup"].tokens), examples(signs, "markup")
        extracted = "</doc>" in signs["markup"].examples
        first = "leave wikiextractor's tags out, grep -v '^</*doc' FILE" if extracted else "extract the text first"
        yield (
            f"{share} of the tokens are markup or addresses ({some}): {first}; in Python, html.unescape "
            "undoes &amp; and the like, and re.sub(r'https?://\\S+', '', text) removes addresses."
        )
    if signs["encoded twice"].tokens > TWICE:
        yield (
            f"{percent(signs['encoded twice'].tokens)} of the tokens are UTF-8 that was read in another encoding "
            f"({examples(signs, 'encoded twice')}), as in Facebook's downloads: in Python, "
            "text.encode('latin-1').decode('utf-8'), or with cp1252, makes é of Ã©; ftfy repairs parts of texts."
        )
    if tokenizer == "words" and signs["digits"].tokens > NUMBERS:
        share, some = percent(signs["digits"].tokens), examples(signs, "digits")
        yield (
            f"{share} of the tokens are numbers ({some}), which --tokenizer words writes as 0: if they are ids of "
            "items or nodes, leave it out, and each is a word of its own; if they are times or numbers of lines, take "
            "them out of the text first."
        )


def _about_joined(joined: Sign) -> str:
    """What to do about items that a comma or the like joins to one word."""
    name, mark = next((name, mark) for name, mark in ITEM_MARKS.items() if mark in joined.examples[0])
    return (
        f"{percent(joined.tokens)} of the tokens are several words with {mark!r} and no space between them "
        f"({joined.examples[0]:.40}): --tokenizer {name} takes what is between {name} as one word"
    )


def _about_marks(signs: dict[str, Sign], tokenizer: str | None) -> Iterator[str]:
    """Words that are not separated, by the script of the text, or whose marks and capitals are not."""
    attached, capitals = signs["punctuation attached"].tokens, signs["capitals"].tokens
    marks = f"{percent(attached)} of the tokens have punctuation attached ({examples(signs, 'punctuation attached')})"
    if signs["zero-width spaces"].tokens > ATTACHED:
        yield (
            f"{percent(signs['zero-width spaces'].tokens)} of the tokens hold zero-width spaces (U+200B), which stand "
            "between words: --tokenizer words splits there."
        )
    elif tokenizer in SPACES_ONLY and _is_uncut(signs["Han and kana"], CUT["Han and kana"]):
        yield (
            "This is a language that writes no spaces, cut at spaces: --tokenizer chinese or japanese (extra cjk) "
            "finds its words; characters needs no extra."
        )
    elif tokenizer in SPACES_ONLY and _is_uncut(signs["Thai"], CUT["Thai"]):
        yield (
            "This is a language that writes no spaces between words, cut at spaces: cut it into words first, with "
            "PyThaiNLP or ICU for example, or take --tokenizer characters."
        )
    elif tokenizer in SPACES_ONLY and signs["Hangul"].tokens > SCRIPT:
        yield (
            "Korean words carry their endings, so each form is a word of its own: --tokenizer korean (extra cjk) "
            "splits them."
        )
        if attached > ATTACHED:
            yield f"{marks}: --tokenizer words takes it off, and needs no extra."
    elif attached > ATTACHED:
        yield (
            f"{marks}, so one word may have several vectors: --tokenizer words takes it off, folds case and writes "
            "numbers as 0."
        )
    elif capitals > CAPITALS and tokenizer not in KEEPS_LETTERS:
        way_out = "--tokenizer words folds case."
        if signs["digits"].tokens > IDS:
            way_out = "--case lower folds case (of lists of tokens, fold it before); --tokenizer words would cut codes."
        yield (
            f"{percent(capitals)} of the tokens differ from another word only in capitals "
            f"({examples(signs, 'capitals')}), so one word has several vectors: {way_out}"
        )


def _is_uncut(script: Sign, letters: float) -> bool:
    """Whether most of a text is in a script without spaces, and the words between its spaces are long."""
    return script.tokens > SCRIPT and script.letters > letters


def _about_ways_of_writing(signs: dict[str, Sign]) -> Iterator[str]:
    for sign, differ, way_out in (
        ("Unicode forms", "in the form of Unicode", "--unicode NFKC writes them alike"),
        ("vowel points", "in vowel points or tatweel", "--strip-accents removes them"),
        (
            "look-alikes",
            "in look-alikes: other apostrophes, Arabic letters for Persian ones, or signs not seen, such as U+200C",
            "write them alike before, as with str.replace",
        ),
    ):
        if signs[sign].tokens > WRITTEN_OTHERWISE:
            yield (
                f"{percent(signs[sign].tokens)} of the tokens differ from another word only {differ} "
                f"({examples(signs, sign)}), so one word has several vectors: {way_out}."
            )


def _about_size(tokens: int) -> Iterator[str]:
    if tokens < TOY_TOKENS:
        yield (
            f"{tokens:,} tokens are enough to see how things work, not to learn what words mean: "
            "scores and neighbours will be chance. A million and more give useful vectors."
        )
    elif tokens < FEW_TOKENS:
        yield (
            f"{tokens:,} tokens: --trainer svd will serve you better than skip-gram or CBOW, which at this size need "
            "20 or more --epochs to come near it."
        )


def _about_sentences(sentences: Sentences) -> Iterator[str]:
    if sentences.one_word > ONE_WORD:
        yield (
            f"{percent(sentences.one_word)} of the sentences are one word, which has no context and teaches nothing: "
            "put all words of a sentence on one line."
        )
        return
    if sentences.lengths and sentences.lengths["50 %"] < SHORT:
        yield "Half of the sentences have fewer than 3 words: contexts are few, so vectors will be poor."
    if sentences.repeated_tokens > REPEATED:
        yield (
            f"{percent(sentences.repeated)} of the sentences repeat an earlier one word for word, with "
            f"{percent(sentences.repeated_tokens)} of the tokens: what appears twice counts twice. Remove duplicates, "
            "unless they are intended."
        )
    often = FEWEST_REPEATED <= sentences.most_repeated_times > REPEATED_SHARE * sentences.number
    is_long_text = sentences.number > REPEATED_TIMES and " " in sentences.most_repeated
    if sentences.most_repeated_times > REPEATED_TIMES or (often and is_long_text):
        yield (
            f"One sentence appears {counted(sentences.most_repeated_times, 'time')}: {sentences.most_repeated!r}; "
            "a heading, a footer or a template?"
        )
    if sentences.longest > ONE_SENTENCE_WORDS:
        count = "One line" if sentences.number == 1 else "The longest line"
        yield (
            f"{count} has {sentences.longest:,} tokens, so windows never stop at a border in it: the last words of one "
            "text and the first of the next are taken for neighbours. With line ends between texts they are not."
        )
    if sentences.same_word > SAME_WORD:
        yield f"{percent(sentences.same_word)} of the sentences say one word over and over."


def _about_rare_words(kept: float, min_count: int, words: Words) -> Iterator[str]:
    if kept < KEPT_ENOUGH:
        by_count = next((point.tokens for point in words.curve if point.min_count == min_count), kept)
        limited = by_count > kept + 0.01  # by other limits: max_words or lists of words
        lower = [point for point in words.curve if 1 < point.min_count < min_count and not limited]
        enough = [point for point in lower if point.tokens >= KEPT_ENOUGH][-1:] or lower[:1]
        hint = f": --min-count {enough[0].min_count} keeps {percent(enough[0].tokens)}" if enough else ""
        yield f"Only {percent(kept)} of the tokens are in the vocabulary{hint}."


def _about_vocabulary(tokens: int, vocabulary: int, words: Words) -> Iterator[str]:
    if words.once is not None and words.once > ONCE_TOO_OFTEN:
        yield (
            f"{percent(words.once)} of all different words were seen once, where half is usual: misspellings, codes "
            "or words glued together?"
        )
    for mark in UNKNOWN_MARKS:
        if mark in words.commonest:
            yield (
                f"{mark} stands for words that were removed before: it would get a vector and be everyone's "
                "neighbour; leave it out (--drop-words)."
            )
    first, count = next(iter(words.commonest.items()), ("", 0))
    if count > MOST_FREQUENT * tokens and first not in UNKNOWN_MARKS and vocabulary > 20:
        yield f"{percent(count / tokens)} of the tokens are {first!r}: is that a word?"


def _about_memory(forecasts: list[Forecast], available: int | None) -> Iterator[str]:
    too_large = [one.trainer for one in forecasts if available is not None and one.bytes > available]
    if too_large:
        yield f"Memory will not be enough for {', '.join(too_large)}: take a larger --min-count or fewer dimensions."


def examples(signs: dict[str, Sign], sign: str) -> str:
    """The most frequent words with a sign."""
    return " ".join(signs[sign].examples)
