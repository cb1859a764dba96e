"""A record of runs: what it holds, the runs behind a figure, and that their commands give the same bytes again."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from dated_texts import write_dated_texts

from wordvec.cli import main
from wordvec.errors import InputError
from wordvec.experiments.method import card_parts
from wordvec.experiments.method.runs import facts_of, read_runs, runs_behind, sources_of


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """From texts to a map and to figures of change, recorded by the environment; something else was done between."""
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("WORDVEC_RECORD", "runs.jsonl")
        write_dated_texts("texts", ["t0w30"], sentences=40, documents=30, seed=3)
        for command in (
            "corpus build texts --metadata texts/table.csv -o corpus",
            "train texts/d000.txt -o other.safetensors --trainer svd --dim 2 --min-count 2",
            "train corpus -o v.safetensors --trainer svd --dim 9",
            "similar v.safetensors t0w30 --in corpus -k 1",
            "plot v.safetensors -o map.svg --top 20",
            "change corpus --by 50 --words t0w3,t3w3 --lines 0 --figures figures -o changes.json",
        ):
            assert main(shlex.split(command)) == 0, command
    return folder


@pytest.fixture
def here(made, tmp_path, monkeypatch):
    """A copy of it, to work in."""
    shutil.copytree(made, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")


def test_what_is_recorded(made, here):
    build, other, train, similar, plot, change = read_runs("runs.jsonl")
    assert build["command"] == "wordvec corpus build texts --metadata texts/table.csv -o corpus"
    assert (build["folder"], build["inputs"][0]["number"]) == (str(made), 31)
    assert build["inputs"][0]["files"][0]["path"] == "d000.txt"
    assert [each["path"] for each in build["outputs"]] == ["corpus"]
    assert other["inputs"] == [facts_of("texts/d000.txt")]
    assert train["inputs"] == build["outputs"]
    assert train["outputs"] == [facts_of("v.safetensors")]
    assert similar["outputs"] == []  # but for the corpus's index, which is no result
    assert plot["outputs"] == [facts_of("map.svg")]
    assert len(change["outputs"]) == 3
    assert train["seconds"] >= 0
    assert {"wordvec", "python", "numpy"} <= train["versions"].keys()
    assert "cores" in train["machine"]


@pytest.mark.parametrize("figure", ["map.svg", "figures/02-t3w3.svg"])
def test_the_commands_of_a_card_give_the_same_bytes(here, figure, capsys):
    before = Path(figure).read_bytes()
    Path(figure).rename("moved.svg")  # it is known by its content
    assert main(["card", "moved.svg", "--runs", "runs.jsonl", "--languages", "en,ko"]) == 0
    card = capsys.readouterr().out
    assert "Number of documents: 30, from 1800 to 1896." in card
    assert "문서 30건" in card
    commands = re.findall(r"^\$ (wordvec .*)$", card, re.M)
    assert len(commands) == (3 if figure == "map.svg" else 2)
    assert not any("other" in command for command in commands)
    assert facts_of("texts/d000.txt")["sha256"] in card
    for command in commands:
        assert main(shlex.split(command)[1:]) == 0
    assert Path(figure).read_bytes() == before


def test_cards_of_vectors_and_changes_have_the_runs(here, capsys):
    for file in ("v.safetensors", "changes.json"):
        assert main(["card", file, "--runs", "runs.jsonl"]) == 0
        card = capsys.readouterr().out
        assert card.index("## Method") < card.index("## Recorded runs") < card.index("## Sources")


def test_a_record_by_option_and_a_run_that_fails(here, capsys):
    assert main(["--record", "own.jsonl", "convert", "v.safetensors", "w.npz"]) == 0
    (run,) = read_runs("own.jsonl")
    assert run["command"] == "wordvec convert v.safetensors w.npz"
    assert [each["path"] for each in run["inputs"]] == ["v.safetensors"]
    assert main(["--record=own.jsonl", "similar", "v.safetensors", "nobody"]) == 2
    assert len(read_runs("own.jsonl")) == 1
    capsys.readouterr()
    assert main(["--record", "nowhere/own.jsonl", "similar", "v.safetensors", "t0w3"]) == 2
    assert "the record of runs cannot be written" in capsys.readouterr().err


def test_the_files_of_a_pattern_are_inputs(here, capsys):
    assert main(["--record", "own.jsonl", "corpus", "build", "texts/d00[01].txt", "-o", "other"]) == 0
    (run,) = read_runs("own.jsonl")
    assert run["inputs"] == [facts_of("texts/d000.txt"), facts_of("texts/d001.txt")]


def test_evaluation_sets_and_the_start_are_inputs_and_a_word_is_none(here, capsys):
    Path("pairs.txt").write_text("t0w3 t1w3 5\nt0w3 t0w4 9\n", encoding="utf-8")
    Path("t0w3").write_text("a file with the name of a word", encoding="utf-8")
    again = "train corpus -o w.safetensors --trainer cbow --dim 4 --epochs 1 --engine layers"
    for command in (
        "similar v.safetensors t0w3",
        "evaluate v.safetensors --similarity pairs.txt",
        again,
        again.replace("w.safe", "x.safe") + " --start w.safetensors",
    ):
        assert main(["--record", "own.jsonl", *command.split()]) == 0
    inputs = [[each["path"] for each in run["inputs"]] for run in read_runs("own.jsonl")]
    assert inputs == [["v.safetensors"], ["v.safetensors", "pairs.txt"], ["corpus"], ["corpus", "w.safetensors"]]


def test_bad_records_and_files_that_no_run_wrote(here):
    runs = read_runs("runs.jsonl")
    assert {each["path"] for each in sources_of(runs_behind("v.safetensors", runs))} == {"texts", "texts/table.csv"}
    with pytest.raises(InputError, match="none of the 6 runs in the record wrote a file of this content"):
        runs_behind("texts/d000.txt", runs)
    with pytest.raises(InputError, match="no such file"):
        runs_behind("nowhere", runs)
    bad = {"{": "line 1: is not the record of a run", '{"format": 1}': "as wordvec --record", None: "cannot be read"}
    for content, message in bad.items():
        if content is not None:
            Path("bad.jsonl").write_text(content)
        with pytest.raises(InputError, match=message):
            read_runs("bad.jsonl" if content is not None else "nowhere.jsonl")
    json.dumps(runs)


RUN = {
    "format": "wordvec run 1", "command": "wordvec plot v -o f.svg", "folder": "/home", "started": "2026",
    "seconds": 1.5, "versions": {"wordvec": "1"}, "machine": "Linux", "inputs": [],
    "outputs": [{"path": "f.svg", "sha256": "0"}],
}  # fmt: skip


@pytest.mark.parametrize(
    "change, message",
    [
        ({"outputs": 5}, "outputs is 5, but a list was expected"),
        ({"inputs": [{"path": "v"}]}, r"inputs\[0\].sha256 is missing"),
        ({"versions": {"wordvec": 1}}, "versions.wordvec is 1, but text"),
        ({"command": "wordvec plot 'v"}, "No closing quotation"),
    ],
)
def test_a_run_of_another_form_is_refused_with_its_line(tmp_path, change, message):
    lines = [json.dumps(RUN), "", json.dumps({**RUN, **change})]
    (tmp_path / "r.jsonl").write_text("\n".join(lines))
    with pytest.raises(InputError, match=f"line 3: is not the record of a run.*{message}"):
        read_runs(tmp_path / "r.jsonl")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_line_that_a_kill_or_a_full_disk_cut_short_does_not_take_the_next_with_it(here):
    whole = Path("runs.jsonl").read_text(encoding="utf-8")
    Path("runs.jsonl").write_text(whole + whole[:30], encoding="utf-8")
    assert main(shlex.split("--record runs.jsonl similar v.safetensors t0w30 -k 1")) == 0
    lines = Path("runs.jsonl").read_text(encoding="utf-8").removeprefix(whole).splitlines()
    assert lines[0] == whole[:30]
    assert json.loads(lines[1])["command"] == "wordvec similar v.safetensors t0w30 -k 1"


def test_a_record_that_is_full_is_told_of(here, capsys):
    assert main(["--record", "/dev/full", "similar", "v.safetensors", "t0w3", "-k", "1"]) == 2
    said = capsys.readouterr()
    assert said.out and "/dev/full: the run is done but cannot be recorded: No space left" in said.err


def test_a_command_with_a_line_separator_is_one_line(tmp_path):
    run = {**RUN, "command": "wordvec similar v 'a\u2028b\x85'"}
    (tmp_path / "r.jsonl").write_text(json.dumps(run, ensure_ascii=False) + "\n", encoding="utf-8")
    assert read_runs(tmp_path / "r.jsonl") == [run]


def test_a_record_that_names_a_folder_does_not_have_it_read(tmp_path, monkeypatch):
    monkeypatch.setattr(card_parts, "facts_of", lambda path: pytest.fail(f"{path!r} was read"))
    run = {**RUN, "outputs": [{"path": "", "sha256": "1"}, {"path": "/", "sha256": "1"}]}
    assert "Recorded runs" in card_parts.card_of_runs(tmp_path / "f.svg", [run], ["en"])
