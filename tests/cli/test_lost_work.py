"""What a command leaves when it is stopped, or finds no room, memory or place to write to."""

import io
import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wordvec import Corpus, WordVectors
from wordvec.cli import main
from wordvec.experiments import child as train_job
from wordvec.files import new_temporary, release
from wordvec.signals import Terminated
from wordvec.trainers.checkpoint import Checkpoint

TRAINERS = ["skipgram", "cbow", "glove"]
TRAIN = "train text.txt -o v.safetensors --dim 4 --epochs 2 --subsample 0 --engine layers --min-count 1 --trainer"


@pytest.fixture(autouse=True)
def text(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = ["the cat eats fish", "the dog eats meat", "a cat sees a dog", "the fish sees the cat"] * 5
    Path("text.txt").write_text("\n".join(lines), encoding="utf-8")


def run(capsys, command):
    status = main(command.split())
    return status, capsys.readouterr().err


@pytest.mark.parametrize("trainer", TRAINERS)
@pytest.mark.parametrize("saved_before", [False, True])
def test_a_full_disk_at_the_end_loses_nothing(capsys, monkeypatch, trainer, saved_before):
    """The vectors cannot be written once; the finished state then only has to be saved."""
    assert main(f"{TRAIN} {trainer}".split()) == 0
    right = Path("v.safetensors").read_bytes()
    if saved_before:
        Path("v.safetensors").write_bytes(b"earlier")
    else:
        Path("v.safetensors").unlink()

    def refuse(*_):
        raise OSError(28, "No space left on device", "v.safetensors")

    capsys.readouterr()
    with monkeypatch.context() as patch:
        patch.setattr("wordvec.vectors.files.safetensors_file.write_safetensors", refuse)
        status, err = run(capsys, f"{TRAIN} {trainer} --checkpoint-every 1000")
    assert (status, err) == (2, "wordvec train: v.safetensors: No space left on device [WV0002]\n")
    assert not saved_before or Path("v.safetensors").read_bytes() == b"earlier"
    assert Checkpoint.load("v.safetensors.checkpoint").epoch == 2
    assert main(f"{TRAIN} {trainer} --resume".split()) == 0
    assert Path("v.safetensors").read_bytes() == right
    assert sorted(os.listdir()) == ["text.txt", "v.safetensors"]


def test_the_checkpoint_goes_only_when_the_vectors_are_there(monkeypatch):
    seen, save = [], WordVectors.save

    def look(self, path, **options):
        seen.append(Path("v.safetensors.checkpoint").exists())
        save(self, path, **options)
        seen.append(Path("v.safetensors.checkpoint").exists())

    monkeypatch.setattr(WordVectors, "save", look)
    assert main(f"{TRAIN} skipgram --checkpoint-every 1000".split()) == 0
    assert seen == [True, True]
    assert not Path("v.safetensors.checkpoint").exists()


def test_an_unfinished_run_is_not_written_over_in_silence(capsys):
    Path("v.safetensors.checkpoint").write_bytes(b"hours of work")
    status, err = run(capsys, f"{TRAIN} skipgram --checkpoint-every 1000")
    assert status == 0
    assert "v.safetensors.checkpoint is of a run that was not finished" in err
    assert "add --resume" in err


@pytest.mark.parametrize("name", [name for name in ("SIGTERM", "SIGHUP", "SIGINT") if hasattr(signal, name)])
@pytest.mark.parametrize("trainer", TRAINERS)
def test_signals_save_the_state_and_say_so(capsys, monkeypatch, name, trainer):
    number = getattr(signal, name)
    engine = "glove_engines.GloveLayers" if trainer == "glove" else "layers_engine.LayersEngine"
    module, kind = engine.split(".")
    engine_class = getattr(__import__(f"wordvec.trainers.{module}", fromlist=[kind]), kind)
    train = engine_class.train

    def interrupted_train(self, *arguments):
        signal.raise_signal(number)
        return train(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(engine_class, "train", interrupted_train)
        status, err = run(capsys, f"{TRAIN} {trainer} --checkpoint-every 1000")
    how = "interrupted" if name == "SIGINT" else f"ended by {name}"
    kept = "no output was written; v.safetensors.checkpoint is kept: the same command with --resume continues"
    assert (status, err) == (128 + number, f"wordvec train: {how}; {kept}\n")
    assert main(f"{TRAIN} {trainer} --resume".split()) == 0
    resumed = Path("v.safetensors").read_bytes()
    assert main(f"{TRAIN} {trainer}".split()) == 0
    assert Path("v.safetensors").read_bytes() == resumed


NOWHERE = {
    "taken": "is a folder",
    "pipe": "is a named pipe",
    "/dev/null": "is a device",
    "no/such/folder": "does not exist",
    "n" * 256: "File name too long",
}
FILES = [
    ("train no.txt -o {}", ".safetensors"),
    ("train no.txt --checkpoint-every 9 -o {}", ".safetensors"),
    ("convert no.bin {} --to npz", ""),
    ("export no.bin --parquet {}", ".parquet"),
    ("plot no.bin -o {}", ".png"),
    ("card no.bin -o {}", ".md"),
    ("postprocess no.bin -o {} --steps center", ".bin"),
]


@pytest.mark.skipif(os.name == "nt", reason="pipes and devices are POSIX's")
@pytest.mark.parametrize("place", NOWHERE)
@pytest.mark.parametrize("command, suffix", FILES)
def test_a_file_that_cannot_be_written_is_known_before_anything_is_read(capsys, command, suffix, place):
    """No input is there, and yet it is the output that is refused."""
    name = place if place == "/dev/null" else place + suffix
    if place == "taken":
        os.mkdir(name)
    elif place == "pipe":
        os.mkfifo(name)
    elif place == "/dev/null" and suffix:
        os.symlink(place, f"null{suffix}")
        name = f"null{suffix}"
    if "parquet" in command:
        pytest.importorskip("pyarrow")
    status, err = run(capsys, command.format(name))
    assert status == 2
    assert NOWHERE[place] in err
    assert err.count("\n") == 1


FOLDERS = [
    "corpus build no.txt -o {}",
    "export no.bin --projector {}",
    "compare no.txt -o {} --trainers svd",
    "stability no.txt --trainer cbow --runs {}",
]


@pytest.mark.skipif(os.name == "nt", reason="pipes are POSIX's")
@pytest.mark.parametrize("place", ["theirs", "text.txt", "pipe", "no/such", "n" * 256])
@pytest.mark.parametrize("command", FOLDERS)
def test_a_folder_that_cannot_be_written_is_known_before_anything_is_read(capsys, command, place):
    os.mkdir("theirs")
    Path("theirs", "letter").write_text("dear")
    os.mkfifo("pipe")
    if command.startswith("compare"):
        Path("pairs.tsv").write_text("cat\tdog\t1\nfish\tmeat\t2\ncat\tfish\t3\n")
        command += " --similarity pairs.tsv"
    status, err = run(capsys, command.format(place))
    assert status == 2
    assert "no.txt" not in err
    assert "no.bin" not in err
    assert err.count("\n") == 1
    assert os.listdir("theirs") == ["letter"]


def test_the_longest_name_that_can_be_written_is_not_refused(capsys):
    name = "n" * (255 - len(".safetensors")) + ".safetensors"
    assert run(capsys, f"train text.txt -o {name} --trainer svd --dim 2 --min-count 1")[0] == 0
    assert Path(name).stat().st_size > 0
    status, err = run(capsys, f"train text.txt -o {name} --checkpoint-every 9")  # .checkpoint is too much
    assert status == 2
    assert "File name too long" in err


@pytest.mark.parametrize(
    "command",
    [
        "train text.txt -o text.txt",
        "card v.bin -o v.bin",
        "train text.txt -o v --checkpoint-every 9",
        "train . -o text.txt",
        "train *xt.txt -o text.txt",
        "train v.bin --keep-words text.txt -o text.txt",
        "postprocess v.bin -o text.txt --steps unit --similarity text.txt",
        "card v.bin -o text.txt --set text.txt",
        "convert v.bin text.txt --words text.txt",
        "card v.bin --corpus corpus -o corpus/corpus.json",
        "--record text.txt train text.txt -o w.bin --trainer svd --dim 2 --min-count 1",
    ],
)
def test_an_input_is_not_written_over(capsys, command):
    os.symlink("text.txt", "v.checkpoint")
    assert run(capsys, "corpus build text.txt -o corpus --min-count 1")[0] == 0
    marker = Path("corpus/corpus.json").read_bytes()
    Path("v.bin").write_bytes(b"vectors")
    before = Path("text.txt").read_bytes()
    status, err = run(capsys, command)
    assert status == 2
    assert "is read by the same command and would be lost" in err or "is not a record of runs" in err
    assert Path("corpus/corpus.json").read_bytes() == marker
    assert (Path("text.txt").read_bytes(), Path("v.bin").read_bytes()) == (before, b"vectors")


def no_memory(*_, **__):
    raise MemoryError("Unable to allocate 8.00 GiB")


def no_memory_in_a_thread(*_, **__):
    with ThreadPoolExecutor(1) as pool:
        pool.submit(no_memory).result()


def no_thread(*_, **__):
    raise RuntimeError("can't start new thread")


def no_room_to_load(*_, **__):
    raise ImportError("libopenblas.so: failed to map segment from shared object")


@pytest.mark.parametrize("fail", [no_memory, no_memory_in_a_thread, no_thread, no_room_to_load])
def test_too_little_memory_is_one_line(capsys, monkeypatch, fail):
    monkeypatch.setattr(Corpus, "build", fail)
    monkeypatch.setattr(train_job, "run", fail)
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"parent": os.getpid()})))
    monkeypatch.setattr(train_job, "leave_with_the_parent", lambda parent: None)
    for command in ("train text.txt -o v.safetensors", "corpus build text.txt -o c", "corpus info text.txt"):
        status, err = run(capsys, command)
        assert status == 2
        assert "memory" in err
        assert err.count("\n") == 1
    assert train_job.main() == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_fault_of_the_program_is_not_hidden(monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("a fault")

    monkeypatch.setattr(Corpus, "build", fail)
    with pytest.raises(RuntimeError, match="a fault"):
        main(["train", "text.txt", "-o", "v.safetensors"])


@pytest.mark.parametrize("error, status", [(KeyboardInterrupt(), 130), (Terminated(signal.SIGTERM), 143)])
def test_a_child_that_is_ended_says_by_what(monkeypatch, error, status):
    def end(*_):
        raise error

    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"parent": os.getpid()})))
    monkeypatch.setattr(train_job, "leave_with_the_parent", lambda parent: None)
    monkeypatch.setattr(train_job, "run", end)
    assert train_job.main() == status


@pytest.mark.skipif(os.name == "nt", reason="leftovers are told by locks")
def test_corpus_info_names_what_a_killed_run_has_left(capsys):
    assert main(["corpus", "build", "text.txt", "-o", "c", "--min-count", "1"]) == 0
    left, lock = new_temporary(Path("c").resolve(), folder=True)
    capsys.readouterr()
    assert run(capsys, "corpus info c") == (0, "")  # in use
    release(lock)
    status, err = run(capsys, "corpus info c")
    assert status == 0
    assert f"{left}: left by a run that was killed" in err
    assert main(["corpus", "build", "text.txt", "-o", "c", "--min-count", "1"]) == 0
    assert not left.exists()


@pytest.mark.skipif(os.name == "nt", reason="links are POSIX's")
def test_links_are_followed_and_modes_kept_by_every_verb(capsys):
    os.mkdir("real")
    for name in ("v.safetensors", "w.txt", "c"):
        os.symlink(f"real/{name}", name)
    commands = [
        "train text.txt -o v.safetensors --trainer svd --dim 2 --min-count 1",
        "convert v.safetensors w.txt",
        "corpus build text.txt -o c --min-count 1",
    ]
    for _ in range(2):
        for command in commands:
            assert run(capsys, command)[0] == 0, command
        for name in ("v.safetensors", "w.txt"):
            os.chmod(f"real/{name}", 0o600)
    assert sorted(os.listdir("real")) == ["c", "v.safetensors", "w.txt"]
    assert all(os.path.islink(name) for name in ("v.safetensors", "w.txt", "c"))
    assert main(commands[1].split()) == 0
    assert os.stat("w.txt").st_mode & 0o777 == 0o600
