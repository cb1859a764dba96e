"""The GPU's benchmark without a GPU: its arithmetic by hand, its kernels on the stand-in, its peer on the CPU."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest
from kernel_inputs import random_sparse

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
CEILINGS = {"copy": 4e12, "to_device": 2e10, "l2_gather": 5e12, "l2_atomic": 2e12, "sgemm": 5e13}


@pytest.fixture(autouse=True)
def scripts_on_the_path(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))


def part(name):
    return importlib.import_module(f"benchmarks.{name}")


def measurement(contender, rate, number=0, model="skipgram", dim=100, **facts):
    seconds = {"import": 1.0, "vocabulary": 2.0, "compile": 0.5, "prepare": 0.25, "train": 1.25, "total": 5.0}
    return {
        "contender": contender, "model": model, "dim": dim, "round": number, "words_per_second": rate, "window": 5,
        "negatives": 5, "kept_share": 0.75, "epochs": 5, "tokens": 17_000_000, "seconds": seconds, **facts,
    }  # fmt: skip


def test_the_bytes_of_a_centre_by_hand():
    """Six output rows and one row of the window, each read and written: 14 rows of 100 float32."""
    assert part("gpu").bytes_per_centre(dim=100, negatives=5) == 14 * 400


def test_the_table_of_rates_by_hand():
    rates = [measurement("wordvec", 2e6, n) for n in (0, 1)] + [measurement("wordvec-gpu", 1e8, n) for n in (0, 1)]
    lines = part("gpu").rate_table(rates, CEILINGS).splitlines()
    cells = [cell.strip() for cell in lines[3].split("|")]
    assert cells[1:6] == ["skipgram", "100", "wordvec-gpu", "100.00", "50.00 (50.00-50.00)"]
    assert cells[6] == "2.0"  # compile, prepare, train
    assert cells[7] == "1,665 (3.3%)"  # 1e8 * 0.75 * 22,200 FLOP
    assert cells[8] == "420 (8.4%)"  # 1e8 * 0.75 * 5,600 bytes


def test_verdicts_say_what_was_not_reached():
    rates = [measurement("wordvec", 4e6), measurement("wordvec-gpu", 6e7)]
    layers = [measurement("wordvec-layers", 1e5), measurement("wordvec-layers-gpu", 3e6)]
    svd = [{"who": "wordvec", "seconds": 15.0, "round": 0}, {"who": "wordvec-gpu", "seconds": 1.0, "round": 0}]
    found = part("gpu").verdicts(rates, layers, svd)
    assert found == [
        "skipgram in 100 dimensions, million words/s: 60.0, wanted 50: reached",
        "skipgram in 100 dimensions, times the CPU's kernel: 15.0, wanted 25: NOT reached",
        "skipgram in 100 dimensions, of 5 seconds from ids to vectors: 2.5, wanted 1: reached",
        "skipgram through layers, times numpy: 30.0, wanted 20: reached",
        "SVD in 300 dimensions, times the CPU: 15.0, wanted 10: reached",
    ]


def test_tables_of_layers_svd_and_ceilings():
    gpu = part("gpu")
    layers = [measurement("wordvec-layers", 1e5), measurement("wordvec-layers-gpu", 3e6)]
    assert "30.00 (30.00-30.00)" in gpu.layers_table(layers)
    results = [
        {"who": "wordvec", "seconds": 15.0, "residual": 1e-4},
        {"who": "wordvec-gpu", "seconds": 1.0, "residual": 2e-4},
    ]
    assert "15.00 (15.00-15.00)" in gpu.svd_table(results)
    table = gpu.ceilings_table({"card": "Some card", "ceilings": CEILINGS})
    assert "Some card" in table
    assert "4,000" in table


def test_everything_is_measured_in_rounds_and_told(monkeypatch, tmp_path, capsys):
    """The whole order of events, with trainings and children that answer at once."""
    module, runs = part("gpu"), part("runs")
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
    text = tmp_path / "source.txt"
    text.write_text("a b\n" * 10, encoding="utf-8")
    rates = {"wordvec": 4e6, "wordvec-gpu": 2e8, "wordvec-layers": 1e5, "wordvec-layers-gpu": 3e6}
    trained = []

    def train(name, model, dim, path, **facts):
        trained.append((facts["kind"], name, model, dim, facts.get("round"), facts.get("seed")))
        return measurement(name, rates[name], facts.get("round", 0), model, dim)

    def child(module_name, job, threads):
        if module_name == "gpu_ceilings":
            return job | {"card": "Some card", "ceilings": CEILINGS}
        if job["who"] == "prepare":
            return job
        return job | {"seconds": 9.0 if job["who"] == "wordvec" else 1.0, "residual": 1e-4}

    monkeypatch.setattr(module, "run_child", child)
    log = runs.Log(tmp_path / "results", "gpu", {})
    options = part("options").parse_arguments(["--device", "gpu", "--corpus", str(text), "--pairs", "2"], None)
    scores = {name: {"score": 0.5, "ci95": [0.4, 0.6]} for name in part("data").SETS}

    def score(training, vectors):
        return {**training, "role": "own" if "gpu" in training["contender"] else "peer", "scores": scores}

    prepared = part("data").prepare_text(str(text), None, tmp_path)
    module.measure(options, tmp_path, prepared, log, train, score, lambda message: None)
    told = capsys.readouterr().out
    assert "Some card" in told
    assert "skipgram in 128 dimensions, times the CPU's kernel: 50.0, wanted 25: reached" in told
    assert "SVD in 300 dimensions, times the CPU: 9.0, wanted 10: NOT reached" in told
    assert "cbow 100, wordvec-gpu against wordvec's 95 % interval: WordSim-353 inside" in told
    kinds = [kind for kind, *_ in trained]
    assert (kinds.count("gpu-rate"), kinds.count("gpu-layers"), kinds.count("gpu-training")) == (16, 8, 4)
    assert trained[:3] == [
        ("gpu-rate", "wordvec", "skipgram", 100, 0, None),
        ("gpu-rate", "wordvec-gpu", "skipgram", 100, 0, None),
        ("gpu-rate", "wordvec", "skipgram", 100, 1, None),
    ]


def test_ceilings_are_measured(gpu):
    ceilings = part("gpu_ceilings")
    job = ceilings.CeilingsJob(copied=4096, rows=7, picks=3, blocks=2, product=16)
    found = ceilings.measure(job)
    assert found.keys() == CEILINGS.keys()
    assert all(rate > 0 for rate in found.values())


def test_additions_arrive(gpu):
    """Each warp adds one to as many rows as it picks."""
    from wordvec.arrays import gpu_kernel

    ceilings = part("gpu_ceilings")
    table = gpu.zeros((7, 128), gpu.float32)
    add = gpu_kernel(gpu, ceilings.SOURCE, "add_to_rows", FLOAT4S=1)
    add((2,), (256,), (table, np.int32(7), np.int32(3)))
    assert float(table.sum()) == 2 * 256 // 32 * 3 * 128
    sums = gpu.zeros(64, gpu.float32)
    gather = gpu_kernel(gpu, ceilings.SOURCE, "gather_rows", FLOAT4S=1)
    gather((2,), (32,), (gpu.ones((7, 128), gpu.float32), np.int32(7), np.int32(5), sums))
    assert sums.get().tolist() == [20.0] * 64


@pytest.mark.parametrize("architecture", ["sm_80", "sm_90"])
def test_the_ceilings_compile(nvrtc_log, architecture):
    assert nvrtc_log(part("gpu_ceilings").SOURCE.read_text(encoding="utf-8"), architecture, ["-DFLOAT4S=1"]) == ""


def test_the_svd_is_timed_on_the_gpu(gpu, tmp_path):
    from scipy.sparse import csr_matrix, save_npz

    factorise = part("factorise")
    matrix = random_sparse(120, 110, 0.2).astype(np.float32)
    save_npz(tmp_path / "matrix.npz", csr_matrix(matrix))
    job = factorise.FactoriseJob("wordvec-gpu", str(tmp_path / "matrix.npz"), dim=4)
    found = factorise.run(job)
    assert found["residual"] < 1e-3
    assert found["seconds"] > 0


def test_pytorch_learns(tmp_path):
    pytest.importorskip("torch", reason="the peer on the GPU is PyTorch")
    contenders, peer = part("contenders"), part("torch_skipgram")
    rng = np.random.default_rng(1)
    topics = [["king", "queen"], ["dog", "cat"], ["runs", "sleeps"]]
    text = tmp_path / "source.txt"
    lines = [" ".join(rng.choice(topics[number % 3], size=10)) for number in range(200)]
    text.write_text("\n".join(lines) + "\n", encoding="utf-8")
    job = contenders.Job(
        "torch-gpu", "skipgram", str(text), dim=8, window=3, negatives=4, subsample=0.0, min_count=1, epochs=6,
        learning_rate=0.025, threads=1,
    )  # fmt: skip
    found = peer.TorchSkipGram(device="cpu", centres=64, learning_rate=0.02).train(job)
    assert found.loss[-1] < 0.8 * found.loss[0]
    assert found.matrix.shape == (6, 8)
    assert len(found.words) == 6


def test_pytorch_is_a_peer_where_it_is_installed(monkeypatch):
    gpu = part("gpu")
    monkeypatch.setattr(gpu.importlib.util, "find_spec", lambda name: object())
    assert [entry.name for entry in gpu.contenders_of("skipgram")] == ["wordvec", "wordvec-gpu", "torch-gpu"]
    assert [entry.name for entry in gpu.contenders_of("cbow")] == ["wordvec", "wordvec-gpu"]
