"""Dated texts with changes of known size: which words change, when, and in how many of their uses.

There are topics, each with words of its own, and function words. A document is about some topics more than about
others, so that its words depend on one another as they do in real texts; its year says nothing about its topics. A
changing word of topic A is taken over by topic B: from the middle of the time on, each use of it is in a sentence about
B instead, with the probability that is the size of its change.

A and B are among the first half of the topics. Their other words lose or gain the company of a changing word, and so
truly change a little; the words of the second half never meet one, and their distribution is exactly the same all the
time: OTHERS are of these. (Had they been of all topics, some findings among them would be right.)
"""

import csv
from pathlib import Path

import numpy as np

FIRST_YEAR, YEARS = 1800, 100
FUNCTION_WORDS = [f"f{i}" for i in range(30)]
TOPICS, WORDS_OF_TOPIC = 12, 60
HALF = TOPICS // 2


def word_of(topic, number):
    return f"t{topic}w{number}"


def changing_words(number):
    """So many words, each of another topic of the first half than the one before: of middle frequency there."""
    return [word_of(i % HALF, 30 + i // HALF) for i in range(number)]


def new_topic(word):
    """The topic that takes a changing word over."""
    return (int(word[1:].split("w")[0]) + HALF // 2) % HALF


CHANGING = changing_words(10)
OTHERS = [word_of(topic, number) for topic in range(HALF, TOPICS) for number in (3, 5, 8, 12, 18, 24, 29, 31)]


def write_dated_texts(folder, changing=(), size=1.0, documents=60, sentences=200, seed=1):
    """Write documents and table.csv into `folder`; `size` is the share of the later uses that are in the new topic."""
    rng = np.random.default_rng(seed)
    rates = 1 / (2 + np.arange(WORDS_OF_TOPIC))
    own = [[word_of(topic, i) for i in range(WORDS_OF_TOPIC)] for topic in range(TOPICS)]
    before = [dict(zip(own[topic], rates)) for topic in range(TOPICS)]
    after = [dict(words) for words in before]
    for word in changing:
        topic = int(word[1:].split("w")[0])
        rate = after[topic][word]
        after[topic][word] = (1 - size) * rate
        after[new_topic(word)][word] = size * rate
    Path(folder).mkdir(parents=True, exist_ok=True)
    rows = []
    years = FIRST_YEAR + rng.permutation(documents) * YEARS // documents
    for number, year in enumerate(years.tolist()):
        words = after if year >= FIRST_YEAR + YEARS // 2 else before
        name = f"d{number:03}.txt"
        (Path(folder) / name).write_text(_document(rng, words, sentences), encoding="utf-8")
        rows.append([name, year])
    with open(Path(folder) / "table.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["path", "year"], *rows])
    return Path(folder)


def _document(rng, words, sentences):
    shares = rng.dirichlet(np.full(TOPICS, 0.4))
    lines = []
    for topic in rng.choice(TOPICS, sentences, p=shares).tolist():
        vocabulary, rates = list(words[topic]), np.array(list(words[topic].values()))
        content = rng.choice(vocabulary, 8, p=rates / rates.sum())
        function = rng.choice(FUNCTION_WORDS, 5)
        lines.append(" ".join(rng.permutation(np.concatenate([content, function])).tolist()))
    return "\n".join(lines) + "\n"
