"""A folder of trained models and their scores, from which a killed run can be resumed.

::

    FOLDER/wordvec-runs.json        identifies the folder
    FOLDER/.wordvec-runs.lock       is locked while a run uses the folder
    FOLDER/corpus/                  the corpus, if it was given as text
    FOLDER/models/NAME-KEY.safetensors, .json    vectors, and a record of what they are and their cost
    FOLDER/scores/NAME-KEY.json     their scores, item by item

KEY is a hash of everything that determines a model (corpus, trainer, options, seed, sample, version of wordvec), so one
folder can hold models of different settings without confusion. A model is reused only if its record agrees and its
file has the recorded SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wordvec.corpus import Corpus
from wordvec.corpus.shared import SharedCorpus, cluster_beside
from wordvec.errors import CorpusError, InputError
from wordvec.experiments.training import ClusterTraining, Job, TrainedModel, train_in_child
from wordvec.files import real_path, remove_abandoned, replace_file, sha256_of, try_temporary
from wordvec.json_forms import COUNT, NUMBER, TEXT, check_form, or_null, parse_json
from wordvec.version import __version__

if TYPE_CHECKING:
    from wordvec.cluster import Cluster
    from wordvec.vectors import WordVectors

MARKER = "wordvec-runs.json"
LOCK = ".wordvec-runs.lock"
FORMAT = {"format": "wordvec runs", "version": 1}

RECORD = {"seconds": {str: NUMBER}, "peak_memory": or_null(COUNT), "sha256": TEXT, "loss": [NUMBER], "notes": [TEXT]}

Tell = Callable[[str], None]


class RunFolder:
    """Trains each job once and reuses finished models. Use it in ``with RunFolder.open(...)``.

    Attributes: `path`; `corpus`; `corpus_folder`, the corpus's folder; and `cluster`, None without a cluster.
    """

    def __init__(
        self, path: Path, corpus: Corpus, corpus_folder: Path, tell: Tell, cluster: Cluster | None = None
    ) -> None:
        self.path, self.corpus, self.corpus_folder, self.tell = path, corpus, corpus_folder, tell
        self.cluster = cluster
        shared = SharedCorpus(os.fspath(corpus_folder.absolute()), corpus.fingerprint)
        self._training = None if cluster is None else ClusterTraining(cluster, shared)

    @classmethod
    @contextmanager
    def open(
        cls,
        path: Path,
        corpus: Corpus,
        corpus_folder: Path | None = None,
        tell: Tell = lambda _: None,
        *,
        client: Any = None,
        store: str | os.PathLike[str] | None = None,
    ) -> Iterator[RunFolder]:
        """Make the folder, or continue with an existing one; if `corpus_folder` is None, the corpus is saved in it.

        `client`, a ``dask.distributed.Client``, trains and scores on the workers of a cluster, one task per model. All
        workers must see this folder, the corpus folder and `store` (by default PATH.work, which is removed at the end).
        Raises InputError if the folder contains anything else, or if another run uses it.
        """
        _make(path)
        with _alone(path):
            _mark(path)
            for part in ("models", "scores"):
                (path / part).mkdir(exist_ok=True)
            for folder in (path, path / "models", path / "scores"):
                remove_abandoned(folder)
            if corpus_folder is None:
                corpus_folder = path / "corpus"
                if _fingerprint(corpus_folder) != corpus.fingerprint:
                    corpus.save(corpus_folder)
            with nullcontext() if client is None else cluster_beside(client, store, path) as cluster:
                yield cls(path, corpus, corpus_folder, tell, cluster)

    def train(self, job: Job) -> TrainedModel:
        """The model of `job`: the finished one if it is here and intact, else trained now.

        Raises the errors of `train_in_child`.
        """
        return self.find(job) or self.train_anew(job)

    def train_anew(self, job: Job) -> TrainedModel:
        """Train the model of `job`, even if one is here; on a cluster, use the result of `train_ahead` if it exists."""
        out = self._file(job, "models", ".safetensors")
        report = self._training.train(job, out) if self._training else train_in_child(job, self.corpus_folder, out)
        record = {"identity": self._identity(job), "sha256": sha256_of(out), **report}
        write_json(self._file(job, "models", ".json"), record)
        return self._model(job, record)

    def train_ahead(self, jobs: Sequence[Job]) -> None:
        """On a cluster, train the models of all jobs together; else do nothing. `train_anew` raises the failures."""
        if self._training is not None:
            self._training.ahead([(job, self._file(job, "models", ".safetensors")) for job in jobs])

    def find(self, job: Job) -> TrainedModel | None:
        """The finished model of `job`, or None. A model that does not match its record is reported and not used."""
        path, record = self._file(job, "models", ".safetensors"), read_json(self._file(job, "models", ".json"))
        if record is None and (self._training is not None or not path.exists()):
            return None  # on a cluster, `train_run` checks whether a model without a record is usable
        try:
            if record is not None and record["identity"] == self._identity(job) and record["sha256"] == sha256_of(path):
                return self._model(job, record)
        except (OSError, KeyError, TypeError, ValueError):
            pass
        self.tell(f"{path} is incomplete, or its record is: it is trained again")
        return None

    def load(self, model: TrainedModel) -> WordVectors:
        """Read a model's vectors."""
        from wordvec.vectors import WordVectors

        return WordVectors.load(model.path)

    def scores_file(self, job: Job) -> Path:
        """The file of the scores of a job's model."""
        return self._file(job, "scores", ".json")

    def _identity(self, job: Job) -> dict[str, Any]:
        return {
            "corpus_fingerprint": self.corpus.fingerprint,
            "trainer": job.configuration.trainer,
            "options": job.options,
            "sample": job.sample,
            **({"unit": job.unit} if job.unit != "sentences" else {}),
            "wordvec_version": __version__,
        }

    def _file(self, job: Job, part: str, suffix: str) -> Path:
        key = hashlib.sha256(json.dumps(self._identity(job), sort_keys=True).encode()).hexdigest()[:12]
        return self.path / part / f"{job.configuration.name}-{key}{suffix}"

    def _model(self, job: Job, record: dict[str, Any]) -> TrainedModel:
        check_form(record, RECORD)
        return TrainedModel(
            job=job,
            path=self._file(job, "models", ".safetensors"),
            seconds=dict(record["seconds"]),
            peak_memory=record["peak_memory"],
            sha256=record["sha256"],
            loss=tuple(record["loss"]),
            notes=tuple(record["notes"]),
        )


def write_json(path: Path, value: Any) -> None:
    """Write `value` as JSON, atomically."""
    with replace_file(path, "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
        file.write("\n")


def read_json(path: Path) -> Any:
    """The content of a JSON file; None if it is missing or damaged."""
    try:
        return parse_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def check_run_folder(path: str | os.PathLike[str]) -> None:
    """Raise InputError if `path` cannot be a folder of runs; call this early, before reading a text."""
    folder = Path(path)
    _check_place(folder)
    if folder.is_dir():
        _check_names(folder)
        if not os.access(folder, os.W_OK):
            raise InputError(f"{path}: no permission to write in it; name another folder for the models")
    else:
        try_temporary(path, real_path(path), folder=True)


def _make(path: Path) -> None:
    """Make the folder. Raises InputError if it exists with other contents, or cannot be made."""
    _check_place(path)
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be made: {error.strerror}; name another folder for the models") from error
    _check_names(path)


def _check_place(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise InputError(f"{path}: is a file; name a folder for the models")
    if not path.absolute().parent.is_dir():
        raise InputError(f"{path}: the folder {path.absolute().parent} does not exist; create it first")


def _check_names(path: Path) -> None:
    """Raise InputError for a folder with other contents; a new folder may not have its marker yet."""
    names = os.listdir(path)
    if names and LOCK not in names:
        _check_marker(path)


def _mark(path: Path) -> None:
    """Write the folder's marker. The lock is held, so no other run is making this folder at the same time."""
    if any(name != LOCK and not name.startswith(f".{MARKER}.") for name in os.listdir(path)):
        _check_marker(path)
    else:
        write_json(path / MARKER, FORMAT)


def _check_marker(path: Path) -> None:
    if read_json(path / MARKER) != FORMAT:
        raise InputError(
            f"{path}: holds other things than a run of wordvec (no readable {MARKER} in it); choose another folder"
        )


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other runs out of the folder. The system releases the lock, however this process ends.

    The lock file is made once and never replaced or removed, so that all runs lock the same file.
    """
    try:
        import fcntl
    except ImportError:  # Windows: two runs in one folder would duplicate work, but do no harm
        yield
        return
    try:
        descriptor = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise InputError(f"{path}: cannot be written to: {error.strerror}; name another folder") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise InputError(f"{path}: another run is using this folder; wait for it, or choose another") from None
    except OSError:  # a file system without locks, as on Windows
        pass
    try:
        yield
    finally:
        os.close(descriptor)


def _fingerprint(corpus_folder: Path) -> str | None:
    try:
        return Corpus.open(corpus_folder).fingerprint
    except (CorpusError, OSError):
        return None
