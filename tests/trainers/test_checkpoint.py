"""An altered checkpoint is refused in one line, whatever was altered."""

import json

import numpy as np
import pytest
from fresh_files import write_anew
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from wordvec import CBOW, Corpus, GloVe, SkipGram
from wordvec.errors import InputError, OptionError, WordvecError
from wordvec.native import library
from wordvec.trainers import checkpoint
from wordvec.trainers.checkpoint import Checkpoint, Saving

TRAINERS = {
    "skipgram": SkipGram(dim=3, epochs=2, engine="layers", subsample=0),
    "tree": CBOW(dim=3, epochs=2, engine="layers", subsample=0, loss="hierarchical-softmax"),
    "glove": GloVe(dim=3, epochs=2, engine="layers", init="random"),
}
FIELDS = (
    "epoch",
    "position",
    "total",
    "predictions",
    "loss",
    "held_out_loss",
    "notes",
    "parameters",
    "corpus_fingerprint",
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([-1, 0, 3, 10**15, 1e300, "0", "x", [], {}, [1], [None], ["x"], [float("nan")]]),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=3), children, max_size=3),
    max_leaves=4,
)


@pytest.fixture(scope="module")
def corpus():
    return Corpus.from_sentences([["a", "b", "c"], ["c", "a", "d"], ["b", "d"]] * 4)


@pytest.fixture(scope="module", params=TRAINERS)
def saved(request, corpus, tmp_path_factory):
    """A trainer, the file of its finished state, and the file's parts."""
    path = tmp_path_factory.mktemp(request.param) / "state"
    trainer = TRAINERS[request.param]
    trainer.fit(corpus, checkpoint=path)
    state = Checkpoint.load(path)
    return trainer, path, state


def write(path, state, fields, arrays=None):
    """A checkpoint with other fields, whose checksum is right: only their own checks can refuse them."""
    arrays = dict(sorted((state.arrays if arrays is None else arrays).items()))
    text = json.dumps(fields)
    metadata = {"kind": checkpoint.KIND, "state": text, "sha256": checkpoint._digest(text, arrays)}
    save_file(arrays, path, metadata)


def fields_of(state):
    return {name: getattr(state, name) for name in FIELDS}


def test_what_was_saved_comes_back(saved, tmp_path):
    _, _, state = saved
    state.save(tmp_path / "again")
    again = Checkpoint.load(tmp_path / "again")
    assert fields_of(again) == fields_of(state)
    assert {name: array.tobytes() for name, array in again.arrays.items()} == {
        name: array.tobytes() for name, array in state.arrays.items()
    }
    assert sorted(load_file(tmp_path / "again")) == sorted(state.arrays)  # a plain .safetensors file


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(FIELDS), value=JSON)
def test_any_field_that_is_altered_is_refused(saved, corpus, tmp_path, name, value):
    trainer, _, state = saved
    fields = fields_of(state)
    if json.dumps(fields[name]) == json.dumps(value):
        return
    path = tmp_path / "altered"
    write(path, state, fields | {name: value})
    harmless = name in ("total", "predictions", "loss", "held_out_loss", "notes")  # of the right types: other values
    try:
        trainer.fit(corpus, checkpoint=path, resume=True)
    except WordvecError as error:
        said = str(error)
    else:
        said = "resumed"
        assert harmless
    assert "\n" not in said
    assert len(said) < 2000


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(FIELDS), value=JSON)
def test_any_field_altered_without_the_checksum_is_refused(saved, tmp_path, name, value):
    _, _, state = saved
    fields = fields_of(state)
    text = json.dumps(fields | {name: value})
    if text == json.dumps(fields):
        return
    metadata = {"kind": checkpoint.KIND, "state": text, "sha256": checkpoint._digest(json.dumps(fields), state.arrays)}
    save_file(state.arrays, tmp_path / "altered", metadata)
    with pytest.raises(InputError, match=r"damaged checkpoint \(it was altered since it was written\); remove it"):
        Checkpoint.load(tmp_path / "altered")


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_is_missing_or_new_is_refused(saved, tmp_path, name):
    _, _, state = saved
    fields = fields_of(state)
    for altered in ({key: value for key, value in fields.items() if key != name}, fields | {name + "s": 1}):
        write(tmp_path / "altered", state, altered)
        with pytest.raises(InputError, match="damaged checkpoint"):
            Checkpoint.load(tmp_path / "altered")


ALTERATIONS = {
    "fewer columns": lambda array: array[..., :2],
    "fewer rows": lambda array: array[:-1],
    "more rows": lambda array: np.concatenate([array, array[:1]]),
    "no rows": lambda array: array[:0],
    "another shape": lambda array: array.reshape(-1, 1),
    "float64": lambda array: array.astype(np.float64),
    "int32": lambda array: array.astype(np.int32),
    "nan": lambda array: np.where(np.arange(array.size).reshape(array.shape) == 1, np.float32("nan"), array),
    "infinity": lambda array: np.where(np.arange(array.size).reshape(array.shape) == 1, np.float32("inf"), array),
}


@pytest.mark.parametrize("alter", ALTERATIONS)
def test_any_array_that_is_altered_is_refused(saved, corpus, tmp_path, alter):
    trainer, _, state = saved
    for name, array in state.arrays.items():
        altered = np.ascontiguousarray(ALTERATIONS[alter](array))
        assert altered.tobytes() != array.tobytes() or altered.shape != array.shape
        write(tmp_path / "altered", state, fields_of(state), state.arrays | {name: altered})
        with pytest.raises(InputError, match="damaged checkpoint"):
            trainer.fit(corpus, checkpoint=tmp_path / "altered", resume=True)


def test_an_array_that_is_missing_or_new_is_refused(saved, corpus, tmp_path):
    trainer, _, state = saved
    for name in state.arrays:
        others = {key: array for key, array in state.arrays.items() if key != name}
        for arrays in (others, others | {name + "x": state.arrays[name]}):
            write(tmp_path / "altered", state, fields_of(state), arrays)
            with pytest.raises(InputError, match="damaged checkpoint"):
                trainer.fit(corpus, checkpoint=tmp_path / "altered", resume=True)


def test_any_byte_that_is_altered_is_refused(saved, tmp_path):
    _, path, _ = saved
    content = path.read_bytes()
    for place in {*range(0, len(content), 97), len(content) - 1}:
        altered = bytearray(content)
        altered[place] ^= 0x11
        write_anew(tmp_path / "altered", altered)
        with pytest.raises(InputError, match="checkpoint"):
            Checkpoint.load(tmp_path / "altered")
    for end in range(0, len(content), 131):
        write_anew(tmp_path / "altered", content[:end])
        with pytest.raises(InputError, match="checkpoint"):
            Checkpoint.load(tmp_path / "altered")


@pytest.mark.parametrize("state", ["[" * 100_000, "9" * 5000, '{"epoch": ' + "9" * 400 + "}", "null", "", "\ud800"])
def test_a_state_that_is_no_state_is_refused(tmp_path, state):
    arrays = {"W_in": np.zeros((2, 2), np.float32)}
    digest = checkpoint._digest(state.encode("utf-8", "ignore").decode(), arrays)
    save_file(arrays, tmp_path / "c", {"kind": checkpoint.KIND, "state": state.replace("\ud800", ""), "sha256": digest})
    with pytest.raises(InputError, match="damaged checkpoint"):
        Checkpoint.load(tmp_path / "c")


class Killed(BaseException):
    """Stands for a kill."""


@pytest.mark.parametrize("engine", ["layers", "kernel"])
@pytest.mark.parametrize("saves", [1, 4, 9])
@pytest.mark.parametrize("init", ["random", "svd"])
def test_glove_goes_on_to_the_same_bytes(tmp_path, monkeypatch, engine, saves, init):
    if engine == "kernel" and not library.is_available():
        pytest.skip("needs the C library")
    rng = np.random.default_rng(5)
    corpus = Corpus.from_sentences([rng.choice(list("abcdefghijklmnopqrst"), size=8).tolist() for _ in range(40)])
    options = {"dim": 4, "epochs": 3, "window": 3, "engine": engine, "init": init}
    options |= {"batch_size": 16} if engine == "layers" else {}
    whole, path, save, count = GloVe(**options).fit(corpus), tmp_path / "state", Checkpoint.save, []

    def save_and_count(self, path):
        save(self, path)
        count.append(path)
        if len(count) == saves:
            raise Killed

    monkeypatch.setattr("wordvec.trainers.glove_engines.CHUNK", 32)
    monkeypatch.setattr("wordvec.trainers.glove_engines.SECONDS_A_CHUNK", 0)
    with monkeypatch.context() as patch:
        patch.setattr(Checkpoint, "save", save_and_count)
        with pytest.raises(Killed):
            GloVe(**options).fit(corpus, checkpoint=path, checkpoint_every=0)
    resumed = GloVe(**options).fit(corpus, checkpoint=path, resume=True)
    assert resumed.vectors.matrix.tobytes() == whole.vectors.matrix.tobytes()
    assert resumed.vectors.context_matrix.tobytes() == whole.vectors.context_matrix.tobytes()
    assert resumed.vectors.info == whole.vectors.info
    assert Checkpoint.load(path).epoch == 3  # kept until the vectors are saved


def test_glove_is_not_resumed_where_an_epoch_has_other_parts(corpus, tmp_path):
    path, options = tmp_path / "state", {"dim": 3, "epochs": 2, "engine": "layers", "init": "random"}
    GloVe(**options).fit(corpus, checkpoint=path)
    state = Checkpoint.load(path)
    state.parameters["positions"] += 1
    state.save(path)
    with pytest.raises(InputError, match="from another kind of processor"):
        GloVe(**options).fit(corpus, checkpoint=path, resume=True)


@pytest.mark.parametrize("every", [-1.0, float("nan")])
def test_seconds_between_checkpoints_are_checked(tmp_path, every):
    with pytest.raises(OptionError, match="checkpoint_every must be 0 or more seconds"):
        Saving(tmp_path / "c", every)
