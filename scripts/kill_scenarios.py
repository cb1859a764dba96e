"""The commands that scripts/kill.py kills, and the files that they read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

TRAIN = "train text.txt -o v.safetensors --dim 6 --window 3 --min-count 1 --threads 1 --trainer"


@dataclass
class Scenario:
    """A command, what must be there before it, and what it writes: files, or folders, which are compared as a whole.

    checkpoint  a file that it keeps until it is done; with it there the next run is told to resume
    shared      its output holds other files, such as models, which may be of the earlier or of the new run each
    """

    name: str
    command: str
    before: tuple[str, ...]
    outputs: tuple[str, ...]
    checkpoint: str | None = None
    shared: bool = False
    base: Path = field(default=Path())
    done: Path = field(default=Path())
    moments: list[int] = field(default_factory=list)
    seconds: float = 0.0


def scenarios() -> list[Scenario]:
    """All verbs that write, each with an earlier output of other content in its place."""
    return [*of_training(), *of_vectors(), *of_corpora(), *of_experiments()]


def of_training() -> list[Scenario]:
    """Trainers, of which those that take long keep checkpoints."""
    old, checkpoint = f"{TRAIN} svd".replace("--dim 6", "--dim 4"), "v.safetensors.checkpoint"
    found = [Scenario(name, f"{TRAIN} {name}", (old,), ("v.safetensors",)) for name in ("svd", "ppmi")]
    for name, options in (("skipgram", ""), ("cbow", ""), ("glove", ""), ("subwords-trained", " --train-subwords")):
        command = f"{TRAIN} {'skipgram' if options else name}{options} --checkpoint-every 0"
        found.append(Scenario(name, command, (old,), ("v.safetensors",), checkpoint))
    paragraphs = f"{TRAIN} paragraph-vectors --epochs 2 --checkpoint-every 0"
    outputs = ("v.safetensors", "v.documents.safetensors")
    before = paragraphs.replace("text.txt", "old.txt")
    return [*found, Scenario("paragraph-vectors", paragraphs, (before,), outputs, checkpoint)]


def of_vectors() -> list[Scenario]:
    """Verbs that read vectors and write others; the earlier output is made of other vectors."""
    new = f"{TRAIN} svd"
    vectors = new, f"{new} -o new.safetensors".replace("--dim 6", "--dim 4")
    commands = {
        "convert": ("convert {} v.txt", "v.txt"),
        "export": ("export {} --projector p", "p"),
        "subwords": ("subwords {} -o s.safetensors", "s.safetensors"),
        "combine": ("combine {} v.safetensors -o b.safetensors", "b.safetensors"),
        "embed": ("embed {} text.txt -o d.safetensors", "d.safetensors"),
    }
    return [
        Scenario(name, command.format("new.safetensors"), (*vectors, command.format("v.safetensors")), (output,))
        for name, (command, output) in commands.items()
    ]


def of_corpora() -> list[Scenario]:
    """Corpora, with and without documents, and what is asked of them."""
    build, documents = (
        "corpus build text.txt -o c --min-count 1",
        "corpus build texts --metadata table.csv -o m --min-count 1",
    )
    split = "corpus split m --by decade -o parts --min-count "
    change = "change m --by decade --permutations 99 --words w1,w2 -o c.json"
    return [
        Scenario("build", build, (build.replace("text.txt", "old.txt"),), ("c",)),
        Scenario("documents", documents, (documents.replace("count 1", "count 20"),), ("m",)),
        Scenario("split", f"{split}1", (documents, f"{split}20"), ("parts",), shared=True),
        Scenario("change", change, (documents, change.replace("w1,w2", "w3")), ("c.json",)),
    ]


def of_experiments() -> list[Scenario]:
    """Models that are trained and compared in a folder of runs."""
    runs = "text.txt --min-count 1 --option dim=4 --threads 1 -o runs"
    compare = f"compare {runs} --trainers svd,ppmi --seeds 1 --similarity pairs.tsv"
    tune = f"tune {runs} --trainer svd --trials 2 --option subsample=0 --range window=1..4 --dev-similarity pairs.tsv"
    return [
        Scenario(name, command, (), ("runs",), shared=True) for name, command in (("compare", compare), ("tune", tune))
    ]


def write_inputs(folder: Path) -> None:
    """A small text, an earlier one, documents of two decades, word pairs and a file of the user's own."""
    random = Random(3)
    words = [f"w{number}" for number in range(40)]
    for name, count in (("text.txt", 150), ("old.txt", 60)):
        lines = [" ".join(random.choices(words, weights=range(40, 0, -1), k=8)) for _ in range(count)]
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "texts").mkdir()
    for number in range(10):
        lines = [" ".join(random.choices(words, weights=range(40, 0, -1), k=8)) for _ in range(12)]
        (folder / "texts" / f"{number}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows = [f"{number}.txt,{1850 + 2 * number}" for number in range(10)]
    (folder / "table.csv").write_text("\n".join(["path,year", *rows]) + "\n", encoding="utf-8")
    pairs = [f"w{number}\tw{number + 1}\t{number % 7}" for number in range(12)]
    (folder / "pairs.tsv").write_text("\n".join(pairs) + "\n", encoding="utf-8")
    (folder / "mine.txt").write_text("years of work\n", encoding="utf-8")
