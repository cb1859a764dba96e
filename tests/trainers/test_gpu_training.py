"""Skip-gram and CBOW trained by the GPU's kernels, on a card or on its stand-in (tests/gpu_standin)."""

from __future__ import annotations

import json

import numpy as np
import pytest

from wordvec.cli import main
from wordvec.corpus import Corpus
from wordvec.errors import DeviceUnavailableError, OptionError
from wordvec.trainers import CBOW, SkipGram
from wordvec.vectors import WordVectors

TEXT = ["the cat sat on the mat", "the dog sat on the log", "a cat and a dog met", "the king met the queen"] * 6
OPTIONS = {"dim": 12, "epochs": 3, "subsample": 0, "seed": 3}


@pytest.fixture(scope="module")
def corpus():
    return Corpus.from_sentences([line.split() for line in TEXT])


@pytest.mark.parametrize("trainer", [SkipGram, CBOW])
def test_one_warp_trains_what_the_cpu_trains(gpu, corpus, trainer):
    expected = trainer(batch_size=1, **OPTIONS).fit(corpus)
    found = trainer(batch_size=1, device="gpu", warps=1, **OPTIONS).fit(corpus)
    assert found.engine == "kernel"
    np.testing.assert_allclose(found.vectors.matrix, expected.vectors.matrix, rtol=0, atol=2e-6)
    np.testing.assert_allclose(found.history.loss, expected.history.loss, rtol=1e-6)
    assert found.history.words == expected.history.words


def test_many_warps_learn(gpu, corpus):
    trainer = SkipGram(device="gpu", warps=8, held_out=0.2, learning_rate=0.1, **OPTIONS).fit(corpus)
    assert trainer.history.loss[-1] < trainer.history.loss[0]
    assert trainer.history.held_out_loss[-1] < trainer.history.held_out_loss[0]


def test_a_checkpoint_of_one_warp_is_gone_on_from(gpu, corpus, tmp_path):
    options = {"device": "gpu", "warps": 1, **OPTIONS}
    expected = SkipGram(**options).fit(corpus).vectors.matrix
    checkpoint = tmp_path / "run.checkpoint"

    def stop(*_, **__):
        raise KeyboardInterrupt

    first = SkipGram(**options)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("wordvec.kernels.gpu.Tables.take", stop)
        first.fit(corpus, checkpoint=checkpoint, checkpoint_every=0)
    resumed = SkipGram(**options).fit(corpus, checkpoint=checkpoint, resume=True)
    np.testing.assert_allclose(resumed.vectors.matrix, expected, rtol=0, atol=1e-6)


def test_the_layers_take_over_what_the_kernels_do_not_train():
    assert SkipGram(device="gpu").engine == CBOW(device="gpu").engine == "kernel"
    assert SkipGram(device="gpu", loss="hierarchical-softmax").engine == "layers"
    assert SkipGram(device="gpu", negative_sharing="pair").engine == "layers"
    assert SkipGram(device="gpu", optimizer="adam").engine == "layers"
    with pytest.raises(OptionError, match="on a GPU with negative sampling shared by the window"):
        SkipGram(device="gpu", negative_sharing="pair", engine="kernel")


def test_options_that_do_not_apply_are_refused(gpu, corpus):
    with pytest.raises(OptionError, match="hogwild is for the CPU"):
        SkipGram(device="gpu", hogwild=True)
    with pytest.raises(OptionError, match="warps is for the GPU's kernels"):
        SkipGram(warps=2)
    with pytest.raises(OptionError, match="warps must be at least 1; got 0"):
        SkipGram(device="gpu", warps=0)
    start = WordVectors(["cat"], np.ones((1, 12)))
    with pytest.raises(OptionError, match="the GPU kernels move all words"):
        SkipGram(device="gpu", **OPTIONS).fit(corpus, start=start, freeze=True)


def test_fewer_warps_for_small_vocabularies_and_large_steps(corpus):
    words = (np.random.default_rng(1).zipf(1.2, 20_000) % 5000).astype(str).reshape(-1, 20)
    large = Corpus.from_sentences(words.tolist(), min_count=1)
    usual = SkipGram(device="gpu").warps_for(large)
    assert SkipGram(device="gpu").warps_for(corpus) < usual
    assert SkipGram(device="gpu", learning_rate=0.25).warps_for(large) < usual
    assert SkipGram(device="gpu", window=15).warps_for(large) < usual
    assert SkipGram(device="gpu", warps=7).warps_for(large) == 7


def test_the_command_names_the_card(gpu_standin, tmp_path, capsys):
    text = tmp_path / "text.txt"
    text.write_text("\n".join(TEXT), encoding="utf-8")
    command = ["train", str(text), "-o", str(tmp_path / "v.safetensors"), "--min-count", "1", "--subsample", "0"]
    assert main([*command, "--device", "gpu", "--epochs", "1", "--dim", "8", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["device"].startswith("Stand-in, compute capability 9.0, 80 GiB")
    assert "training on Stand-in" in err


def test_without_a_card_there_is_an_error_and_no_file(corpus, tmp_path, monkeypatch, capsys):
    def absent(device):
        raise DeviceUnavailableError("device 'gpu' needs CuPy: pip install 'wordvec[gpu-cuda13]'")

    monkeypatch.setattr("wordvec.arrays.device_module", absent)
    text = tmp_path / "text.txt"
    text.write_text("\n".join(TEXT), encoding="utf-8")
    out = tmp_path / "v.safetensors"
    assert main(["train", str(text), "-o", str(out), "--device", "gpu", "--min-count", "1"]) == 2
    assert "gpu-cuda13" in capsys.readouterr().err
    assert not out.exists()
