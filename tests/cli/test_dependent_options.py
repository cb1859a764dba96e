"""Options that are given without the option that uses them."""

import csv
from pathlib import Path

import numpy as np
import pytest
from commands import failure, run

from wordvec import Corpus
from wordvec.errors import OptionError
from wordvec.serve import create_app
from wordvec.serve.settings import Settings
from wordvec.vectors import WordVectors

WORDS = [f"w{i}" for i in range(12)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two files of vectors, a corpus with dates and one without, sets, a stability file and a record."""
    made = tmp_path_factory.mktemp("dependent")
    rng = np.random.default_rng(1)
    for name in "ab":
        WordVectors(WORDS, rng.normal(size=(12, 4)), np.arange(12, 0, -1)).save(made / f"{name}.safetensors")
    texts = made / "texts"
    texts.mkdir()
    for number in range(12):
        lines = [" ".join(rng.choice(WORDS, 6).tolist()) for _ in range(40)]
        (texts / f"{number}.txt").write_text("\n".join(lines), encoding="utf-8")
    with open(made / "table.csv", "w", newline="", encoding="utf-8") as file:
        rows = [[f"{number}.txt", 1850 + 10 * (number % 2), "nm"[number % 2]] for number in range(12)]
        csv.writer(file).writerows([["path", "year", "author"], *rows])
    Corpus.from_documents(texts, made / "table.csv", min_count=1).save(made / "dated")
    Corpus.from_files(texts, min_count=1).save(made / "plain")
    (made / "pairs.txt").write_text("".join(f"w{i} w{i + 1} {i}\n" for i in range(8)), encoding="utf-8")
    (made / "records.jsonl").write_text('{"text": "w1 w2", "year": 1850}\n', encoding="utf-8")
    return made


@pytest.fixture(autouse=True)
def there(folder, monkeypatch):
    monkeypatch.chdir(folder)


@pytest.mark.parametrize(
    "command, message",
    [
        ("change dated --by decade --figure-format png", "--figure-format is for --figures DIR: give --figures DIR"),
        ("change dated --by decade --figure-width 5 --font-size 9", "--figure-width, --font-size are for --figures"),
        ("change dated --by decade --words w1 --max-share 0.5", "--max-share is for the most frequent words, and"),
        ("change dated --by decade --words w1 --lines 0 --texts texts", "--texts is for printed lines, and would"),
        ("change dated --by decade --words w1 --json --width 80", "--width is for printed lines, and would change"),
        ("change dated --by author --date-column year", "would change nothing for groups by author: leave it out"),
        ("concordance plain w1 --window 3", "--window is for --near WORD or two words: give --near WORD or two words"),
        ("concordance plain w1 w2 --sort left", "--sort is for the lines of one word, and would change nothing with"),
        ("concordance plain w1 --json --width 80", "--width is for lines of text, and would change nothing with"),
        ("similar a.safetensors w1 --in dated --texts texts --tokens", "--texts is for printed lines: leave it out"),
        ("similar a.safetensors w1 --in plain --texts texts", "--metadata"),
        ("explain a.safetensors w1 w2 --in dated --texts texts", "--texts is for --lines N: give --lines N, too"),
        ("explain a.safetensors w1 w2 --in dated --tokens", "--tokens is for --lines N: give --lines N, too"),
        ("corpus info dated --date-column year", "--date-column is for --by: give --by, too, or leave it out"),
        ("corpus info dated --by half --date-column year", "would change nothing for groups by half: leave it out"),
        ("corpus info plain --encoding latin-1", "was built with encoding=utf-8, not latin-1: leave encoding (--enc"),
        (
            "corpus info plain --encoding-errors ignore",
            "with encoding_errors=strict, not ignore: leave encoding_errors",
        ),
        (
            "train tiny-world -o v.npz --encoding latin-1",
            "encoding (--encoding) is for files, and would change nothing with tiny-world: leave it out",
        ),
        (
            "corpus build tiny-world tiny-world-ko -o built --strict",
            "would change nothing with tiny-world, tiny-world-",
        ),
        ("corpus info tiny-world --encoding-errors ignore", "encoding_errors (--encoding-errors) is for files, and"),
        ("embed a.safetensors tiny-world -o e.npz --encoding cp949", "encoding (--encoding) is for files, and would"),
        ("corpus info plain --strict", "plain: is a corpus, whose text is not read again: leave strict (--strict) out"),
        ("corpus split dated --by decade --seed 2 -o parts", "--seed is for --by half, and would change nothing with"),
        (
            "corpus build records.jsonl --field text --metadata-fields year --path-column path -o built",
            "--path-column is a column of the table of metadata: name the table with --metadata",
        ),
        (
            "corpus build texts --metadata table.csv --metadata-fields year -o built",
            "--metadata-fields are fields of records, and a table of metadata is kept with all its columns",
        ),
        ("diff a.safetensors b.safetensors w1 --limit 3", "--limit is for the words that changed most, and would"),
        ("embed a.safetensors texts/0.txt -o e.npz --weights mean --a 0.1", "--a is for --weights sif, and would"),
        ("search docs.safetensors --groups 2 --tokenizer words", "--tokenizer is for TEXT, and would change nothing"),
        ("evaluate a.safetensors --similarity pairs.txt --against best", "--against is for several FILEs: give"),
        ("evaluate a.safetensors --similarity pairs.txt --device cpu", "--device is for --analogy: give --analogy"),
        ("card a.safetensors --protocol gensim", "--protocol is for evaluation sets: give evaluation sets, too"),
        ("stability a.safetensors b.safetensors --words w1 --sample 5", "--sample is for words by frequency band, and"),
        ("stability a.safetensors b.safetensors --words w1 --sample 0", "--sample is for words by frequency band, and"),
        ("stability a.safetensors b.safetensors --min-count 0", "--min-count: for training several models: give"),
        ("stability a.safetensors b.safetensors --words w1 --all", "--all is for words by frequency band, and would"),
        ("stability a.safetensors b.safetensors --all --sample 5", "--sample is for a sample of the words, and would"),
        ("stability a.safetensors b.safetensors --threads 1", "--threads: for training several models: give --trainer"),
        ("stability a.safetensors b.safetensors --encoding latin-1", "--encoding: for training several models: give"),
        ("export a.safetensors --parquet a.parquet --seed 3", "--seed is for --method tsne or umap: give --method"),
        ("plot a.safetensors -o m.svg --around w1 --seed 3", "--seed is for --method tsne or umap: give --method"),
        ("plot a.safetensors -o m.svg --color-by l.txt --clusters 2", "--clusters is for colours by cluster, and"),
        ("plot a.safetensors -o m.svg --color-by l.txt --seed 2", "--seed is for --method tsne or umap, or clusters"),
        ("plot a.safetensors -o m.svg --words w1,w2,w3 --function-words", "--function-words is for the most common"),
        ("plot -o n.svg --network cbow --network-loss softmax --negatives 2", "--negatives is for negative sampling"),
    ],
)
def test_an_option_without_what_it_needs_is_refused(capsys, command, message):
    assert message in failure(capsys, *command.split())


def test_how_to_read_texts_that_are_not_served():
    with pytest.raises(OptionError, match="--field, --encoding say how texts are read: give --texts, too, or leave"):
        Settings("a.safetensors", field="text", encoding="latin-1")


def test_a_tokenizer_that_the_service_does_not_need():
    vectors = WordVectors(["tea"], np.ones((1, 2)), info={"tokenizer": "words", "split_sentences": False})
    with pytest.raises(OptionError, match="the text was tokenized by 'words': leave tokenizer out"):
        create_app(Settings("a.safetensors", tokenizer="characters"), vectors)


@pytest.mark.parametrize("option", ["-k 5", "--sample 5", "--all", "-o other.tsv"])
def test_what_was_measured_is_only_shown(capsys, option):
    assert run(capsys, "stability", "a.safetensors", "b.safetensors", "-o", "measured.tsv")[0] == 0
    assert "would change nothing with measured.tsv, which was measured: leave it out" in failure(
        capsys, "stability", "measured.tsv", *option.split()
    )
    assert not Path("other.tsv").exists()


def test_a_card_of_changes_has_no_vectors(capsys):
    command = "change dated --by decade --words w1,w2 --permutations 99 --lines 0 -o changes.json"
    status, _, err = run(capsys, *command.split())
    assert status == 0, err
    command = "card changes.json --similarity pairs.txt --words w1 --licence CC0"
    said = failure(capsys, *command.split())
    assert "--set, --words, --licence are for vectors, and would change nothing with changes.json" in said
    assert "--max-share" not in Path("changes.json").read_text(encoding="utf-8")
    assert "--figure-format" not in Path("changes.json").read_text(encoding="utf-8")
