"""`wordvec train` without --trainer takes one that suits, and says why in one line."""

import json

import pytest

from wordvec.cli import main
from wordvec.cli.train_options import OPTIONS, SWITCHES
from wordvec.trainers import TRAINERS, choose_by_options, choose_by_size, option_names


def test_every_option_of_a_trainer_is_one_of_the_command():
    of_trainers = {name for trainer in TRAINERS.values() for name in option_names(trainer)}
    assert of_trainers == {
        *(name for name, _, _ in OPTIONS),
        *SWITCHES,
        "hogwild",
        "subwords",
        "min_n",
        "max_n",
        "buckets",
        "jamo",
    }


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("the king rules the land\nthe queen rules the land\n" * 20, encoding="utf-8")
    return path


def train(capsys, text, *options):
    status = main(["train", str(text), "-o", str(text.with_name("v.safetensors")), "--json", *map(str, options)])
    out, err = capsys.readouterr()
    return status, json.loads(out or "null"), err


@pytest.mark.parametrize(
    "options, trainer, reason",
    [
        ([], "svd", "200 tokens are fewer than 5,000,000"),
        (["--epochs", "1"], "skipgram", "svd has no --epochs"),
        (["--preset", "items"], "skipgram", "svd has no --preset"),
        (["--checkpoint-every", "100"], "skipgram", "svd has no --checkpoint-every"),
        (["--x-max", "3"], "glove", "skipgram has no --x-max"),
        (["--cbow-gradient", "mean"], "cbow", "skipgram has no --cbow-gradient"),
        (["--shift", "2", "--window", "1"], "svd", "skipgram has no --shift"),
    ],
)
def test_the_choice_follows_from_options_and_size(capsys, text, options, trainer, reason):
    status, report, err = train(capsys, text, "--dim", "2", *options)
    assert status == 0, err
    assert report["trainer"] == trainer
    assert report["trainer_chosen"].startswith(reason)


def test_the_reason_is_one_line_of_the_report(capsys, text):
    assert main(["train", str(text), "-o", str(text.with_name("v.safetensors")), "--dim", "2"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  trainer  ")]
    assert lines == [
        "  trainer  svd, as 200 tokens are fewer than 5,000,000, too few for skip-gram's five epochs; "
        "--trainer chooses another"
    ]


def test_a_trainer_that_was_named_needs_no_reason(capsys, text):
    status, report, err = train(capsys, text, "--dim", "2", "--trainer", "ppmi")
    assert (status, report["trainer"], report["trainer_chosen"]) == (0, "ppmi", None)
    assert err == ""


def test_training_goes_on_with_the_trainer_of_the_file(capsys, text):
    first = text.with_name("first.safetensors")
    assert main(f"train {text} -o {first} --trainer cbow --dim 4 --epochs 1".split()) == 0
    capsys.readouterr()
    _, report, _ = train(capsys, text, "--start", first)
    assert (report["trainer"], report["dim"]) == ("cbow", 4)
    assert report["trainer_chosen"] == f"{first} was trained by it"


def test_a_wrong_option_is_known_before_anything_is_read(capsys, tmp_path):
    status, _, err = train(capsys, tmp_path / "nowhere.txt", "--dim", "0")
    assert status == 2
    assert "dim must be at least 1" in err
    status, _, err = train(capsys, tmp_path / "nowhere.txt", "--x-max", "1", "--shift", "1")
    assert "the skipgram trainer has no option" in err


def test_large_texts_are_skip_grams():
    assert choose_by_size(4_999_999, 9000, 100)[0] == "svd"
    assert choose_by_size(5_000_000, 9000, 100)[0] == "skipgram"
    assert choose_by_size(5_000, 100, 100) == ("skipgram", "svd cannot make 100 dimensions of 100 words")
    assert choose_by_options([]) == (None, "")


def test_words_with_punctuation_are_pointed_out_after_training(capsys, tmp_path):
    text = tmp_path / "raw.txt"
    text.write_text("The king rules the land, and the queen rules the king.\nthe land and the king\n" * 20, "utf-8")
    status, report, err = train(capsys, text, "--dim", "2")
    assert status == 0, err
    (advice,) = report["advice"]
    assert "punctuation attached (king. land,)" in advice
    assert "--tokenizer words" in advice
    assert main(["train", str(text), "-o", str(tmp_path / "v.safetensors"), "--dim", "2"]) == 0
    assert f"  advice   {advice}\n" in capsys.readouterr().out


@pytest.mark.parametrize("preset", ["items", "walks"])
@pytest.mark.parametrize(
    "options, said",
    [
        (
            ["--tokenizer", "words"],
            "--tokenizer words cuts ids at punctuation, folds their case and writes numbers as 0",
        ),
        (["--numbers", "zero"], "--numbers zero makes one word of all numbers"),
        (["--numbers", "drop"], "--numbers drop leaves out all numbers"),
    ],
)
def test_ids_that_become_one_word_are_told(capsys, tmp_path, preset, options, said):
    text = tmp_path / "sessions.txt"
    text.write_text("17 SKU-3/A 21 sku_4\n17 21 18 SKU-3/A\n" * 20, "utf-8")
    command = (text, "--trainer", "skipgram", "--dim", "2", "--epochs", "1", "--preset", preset)
    status, report, err = train(capsys, *command, *options)
    assert status == 0, err
    (advice,) = report["advice"]
    assert advice.startswith(said) and advice.endswith("leave it out.")
    assert train(capsys, *command)[1]["advice"] == []


@pytest.mark.parametrize(
    "line, marks", [("tea, milk, sugar\nmilk, tea\n", "commas"), ("tea; milk; sugar\nmilk; tea\n", "semicolons")]
)
def test_items_with_commas_attached_are_told(capsys, tmp_path, line, marks):
    (tmp_path / "sessions.txt").write_text(line * 20, "utf-8")
    command = (tmp_path / "sessions.txt", "--dim", "2", "--epochs", "1", "--preset", "items")
    (advice,) = train(capsys, *command)[1]["advice"]
    assert advice.startswith(f"60 % of the items have {marks} (milk{line[3]} tea{line[3]})")
    assert train(capsys, *command, "--tokenizer", marks)[1]["advice"] == []


@pytest.mark.parametrize("options, mark", [(["--tokenizer", "words"], ","), (["--preset", "items"], "!")])
def test_no_advice_where_words_are_cut_right(capsys, tmp_path, options, mark):
    text = tmp_path / "raw.txt"
    text.write_text(f"the king{mark} the land and the king\n" * 20, "utf-8")
    status, report, _ = train(capsys, text, "--dim", "2", *options)
    assert (status, report["advice"]) == (0, [])
