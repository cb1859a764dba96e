"""tiny-world: text about a small world whose facts are known, for learning, demos and tests with known answers.

It is generated, not collected: a seeded grammar (tiny_world_grammar.py) states the facts (tiny_world_facts.py)
of countries, families, animals, verbs, adjectives, plurals and professions in simple sentences, and the same
facts give its ground truth, an analogy set and a similarity set. Vectors trained on it say whether a trainer
works. They say nothing about how good it is on real text: the sentences are far more regular than any language.

    python corpora/tiny_world.py --words 300000 --seed 1 -o FOLDER

writes tiny-world.txt, tiny-world-analogies.txt and tiny-world-similarity.txt. The text is lower case, with full
stops apart, so that splitting at white space is enough. A line is a paragraph of three sentences about different
things, and that matters: only across sentences do unrelated words meet, and GloVe, which fits the counts that are
not zero, learns that words are unrelated from nothing else. tiny_world_ko.py and tiny_world_ja.py are such worlds in
Korean and Japanese.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from importlib import util
from itertools import combinations
from pathlib import Path
from random import Random
from types import ModuleType
from typing import NamedTuple


def _neighbour(name: str) -> ModuleType:
    """The module of that name in this folder, which need not be on the path."""
    spec = util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


facts, grammar = _neighbour("tiny_world_facts"), _neighbour("tiny_world_grammar")

DEFAULT_WORDS = 300_000
SENTENCES_PER_LINE = 3
DOMAINS = ("COUNTRIES", "FAMILY", "ANIMALS", "VERBS", "ADJECTIVES", "NOUNS", "PROFESSIONS")

# (section, domain, role, role): word 1 is to word 2 as word 3 is to word 4. Google's set calls them alike.
SECTIONS = [
    ("capital-country", "COUNTRIES", "capital", "country"),
    ("currency", "COUNTRIES", "country", "currency"),
    ("nationality-adjective", "COUNTRIES", "country", "nationality"),
    ("family", "FAMILY", "male", "female"),
    ("animal-sound", "ANIMALS", "animal", "sound"),
    ("animal-young", "ANIMALS", "animal", "young"),
    ("past-tense", "VERBS", "present", "past"),
    ("future-tense", "VERBS", "past", "future"),
    ("present-participle", "VERBS", "future", "progressive"),
    ("comparative", "ADJECTIVES", "positive", "comparative"),
    ("superlative", "ADJECTIVES", "positive", "superlative"),
    ("plural", "NOUNS", "singular", "plural"),
    ("profession-tool", "PROFESSIONS", "profession", "tool"),
    ("profession-workplace", "PROFESSIONS", "profession", "workplace"),
]
QUESTIONS_PER_PAIR = 8  # each pair is asked with the next 8 pairs of its section, not with all

# What two words have in common, in points of ten.
SAME_DOMAIN, SAME_ROLE, SAME_ENTITY = 2, 4, 4
PAIRS_PER_KIND = 100


class World(NamedTuple):
    """What a text is about: tables of facts by domain, scenes, templates by domain and role, names of people, sections
    of analogies, and what is done to a sentence at the end.
    """

    tables: dict[str, str]
    scenes: str
    sentences: dict[str, dict[str, list[str]]]
    names: str
    sections: list[tuple[str, str, str, str]]
    finished: Callable[[str], str] = str

    def entities(self, domain: str) -> list[dict[str, str]]:
        """The entities of a domain, each with the words of its scene."""
        return facts.entities(self.tables[domain], self.scenes)  # type: ignore[no-any-return]


ENGLISH = World(
    {domain: getattr(facts, domain) for domain in DOMAINS},
    facts.SCENES,
    {domain: getattr(grammar, domain) for domain in DOMAINS},
    grammar.NAMES,
    SECTIONS,
)

Part = tuple[str, list[str]]  # ("one of", alternatives) or ("word of", [column])
Choose = Callable[[list[str]], str]


def generate(words: int = DEFAULT_WORDS, seed: int = 1, world: World = ENGLISH) -> Iterator[str]:
    """Yield lines of three sentences until there are `words` words in all (full stops count as words).

    The text ends with the sentence that reaches `words`. The same `seed` gives the same text on every platform
    and version of Python.

    >>> text = list(generate(words=100, seed=1))
    >>> text == list(generate(words=100, seed=1)), text == list(generate(words=100, seed=2))
    (True, False)
    """
    paragraph: list[str] = []
    for sentence in _sentences(words, seed, world):
        paragraph.append(sentence)
        if len(paragraph) == SENTENCES_PER_LINE:
            yield " ".join(paragraph)
            paragraph.clear()
    if paragraph:
        yield " ".join(paragraph)


def _sentences(words: int, seed: int, world: World) -> Iterator[str]:
    """Every entity with every template, in random order, before any pair comes again."""
    random = Random(seed).random  # the one method whose results Python promises never to change

    def choose(alternatives: list[str]) -> str:
        return alternatives[int(random() * len(alternatives))]

    pack = [
        (entity, template)
        for domain in (*world.tables, "COUNTRIES")  # twice: no other domain shares a country's own words
        for entity in world.entities(domain)
        for template in _templates(domain, world)
    ]
    written, left = 0, 0
    while written < words:
        left = (left or len(pack)) - 1
        drawn = int(random() * (left + 1))
        pack[drawn], pack[left] = pack[left], pack[drawn]
        sentence = world.finished(_sentence(*pack[left], choose))
        written += sentence.count(" ") + 1
        yield sentence


def _templates(domain: str, world: World) -> list[list[Part]]:
    """The domain's templates, cut into what is chosen and what is filled in."""
    texts = [text for role in world.sentences[domain].values() for text in role]
    return [_parts(text.replace("{name}", world.names)) for text in texts]


def _parts(template: str) -> list[Part]:
    """Cut "the {animal} [eats|has] corn" at its braces and brackets.

    >>> _parts("a {animal} [eats|has] corn")
    [('one of', ['a ']), ('word of', ['animal']), ('one of', [' ']), ('one of', ['eats', 'has']), ('one of', [' corn'])]
    """
    parts: list[Part] = []
    for plain, column, alternatives in re.findall(r"([^\[{]+)|{(\w+)}|\[([^\]]+)\]", template):
        parts.append(("word of", [column]) if column else ("one of", [plain] if plain else alternatives.split("|")))
    return parts


def _sentence(entity: dict[str, str], template: list[Part], choose: Choose) -> str:
    return "".join(entity[options[0]] if kind == "word of" else choose(options) for kind, options in template)


def analogies(world: World = ENGLISH) -> Iterator[str]:
    """Yield the planted analogies in Google's format: ": section", then lines of four words.

    Some two thousand questions; each of their words is in the default text at least 50 times.

    >>> lines = list(analogies())
    >>> lines[:2]
    [': capital-country', 'tokyo japan seoul korea']
    """
    for section, domain, first, second in world.sections:
        yield f": {section}"
        pairs = [(entity[first], entity[second]) for entity in world.entities(domain)]
        for i, (a, b) in enumerate(pairs):
            for step in range(1, QUESTIONS_PER_PAIR + 1):
                c, d = pairs[(i + step) % len(pairs)]
                yield f"{a} {b} {c} {d}"


def similarities(seed: int = 1, world: World = ENGLISH) -> Iterator[str]:
    r"""Yield "word1<tab>word2<tab>score", scores 0 to 10 by what two words of the world have in common.

    The score adds 2 points for the same domain (countries), 4 for the same role in it (both are capitals) and 4
    for the same entity (both are of France). Most pairs have nothing in common, so each score that occurs
    (0, 2 and 6) gets an equal share, 6 in two kinds.

    >>> next(similarities()).count("\t")
    2
    """
    words = [
        (domain, role, number, entity[role])
        for domain, table in world.tables.items()
        for number, entity in enumerate(world.entities(domain))
        for role in facts.roles(table)
    ]
    random = Random(seed).random
    kinds: dict[tuple[bool, bool, bool], list[tuple[str, str]]] = {}
    for (domain1, role1, number1, word1), (domain2, role2, number2, word2) in combinations(words, 2):
        domain = domain1 == domain2
        kinds.setdefault((domain, domain and role1 == role2, domain and number1 == number2), []).append((word1, word2))
    for (domain, role, entity), pairs in sorted(kinds.items()):
        score = SAME_DOMAIN * domain + SAME_ROLE * role + SAME_ENTITY * entity
        for _ in range(PAIRS_PER_KIND):
            word1, word2 = pairs.pop(int(random() * len(pairs)))
            yield f"{word1}\t{word2}\t{score}"


def main() -> None:
    """Write the text and its two evaluation sets to a folder."""
    parser = argparse.ArgumentParser(description="Write tiny-world: text about a small world, and its ground truth.")
    parser.add_argument("--words", type=int, default=DEFAULT_WORDS, help="words of text (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another text (default: %(default)s)")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder to write to; made if missing")
    options = parser.parse_args()
    if options.words < 1:
        parser.error(f"--words must be 1 or more; got {options.words}")
    options.output.mkdir(parents=True, exist_ok=True)
    files = {
        "tiny-world.txt": generate(options.words, options.seed),
        "tiny-world-analogies.txt": analogies(),
        "tiny-world-similarity.txt": similarities(),
    }
    for name, lines in files.items():
        with open(options.output / name, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in lines)
        print(options.output / name)


if __name__ == "__main__":
    main()
