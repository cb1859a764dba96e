"""The same surroundings on every machine: fonts, settings of matplotlib, and no environment variable that steers.

A picture looks for a font that has its letters, a program for its proxy, a chart for the date to write into itself.
What a test finds must not depend on whose machine it runs on.
"""

from __future__ import annotations

import gc
import importlib.util
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import pytest

# What a user may have set that changes results, messages or downloads; child processes do not get it either.
STEERING = (
    "COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "PYTHONWARNINGS", "PYTHONIOENCODING", "SOURCE_DATE_EPOCH",
    "MATPLOTLIBRC", "TQDM_DISABLE", "PYTHONDONTWRITEBYTECODE", *(
        name for scheme in ("http", "https", "ftp", "all", "no")
        for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper())),
)  # fmt: skip
# The command's help is in the user's language: in English here, whatever the locale, which stays as it is. Libraries
# that multiply matrices or make maps use all cores and wait for each other in a busy loop: on a machine with other work
# the suite takes ten times as long. Read when those libraries are loaded, which is after this.
FIXED = {
    "LANGUAGE": "en", "MPLBACKEND": "Agg", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
}  # fmt: skip
# Folders for what takes long to make, by environment variable: matplotlib's list of fonts, which it would look for in
# the home folder, the kernels compiled by g++, and the loops of UMAP. And one that stays empty, in
# the place of the user's downloads.
KEPT = {
    "MPLCONFIGDIR": "matplotlib", "WORDVEC_TESTS_COMPILED": "kernels", "NUMBA_CACHE_DIR": "numba",
    "WORDVEC_DATA": "no-data",
}  # fmt: skip
WIDE_SCRIPTS = ((0x1100, 0x11FF), (0x3040, 0x30FF), (0x3130, 0x318F), (0x4E00, 0x9FFF), (0xAC00, 0xD7AF))


for steering in STEERING:
    os.environ.pop(steering, None)
os.environ.update(FIXED)  # when this is imported: other conftest files import numpy
# A shell starts background jobs with Ctrl-C ignored, nohup with SIGHUP: tests of interrupts would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
gc.set_threshold(20_000, 20, 20)  # as below: with less work each time, more seldom
sys.dont_write_bytecode = False  # the suite starts Python many times: what is compiled once is not compiled again


def pytest_configure(config):
    _share_by_files(config)
    for variable, name in KEPT.items():
        if "PYTEST_XDIST_WORKER" not in os.environ:
            os.environ[variable] = _kept_folder(config, name)


def pytest_collection_finish(session):
    """Ten thousand tests lie in memory to the end: to walk over them again and again took 4 of the first 43 seconds."""
    gc.collect()
    gc.freeze()


def _share_by_files(config) -> None:
    """Under pytest-xdist a worker takes whole files, in the order of the folders. What one file compiles takes a
    minute: workers that took its tests one by one, or the largest files first, would all compile it at the same time.
    """
    if getattr(config.option, "dist", "no") == "load":  # what -n sets
        config.option.dist = "loadfile"
    config.option.loadscopereorder = False


def _kept_folder(config, name: str) -> str:
    """A folder that the next run finds again; one for this run only where the checkout is read-only."""
    cache = getattr(config, "cache", None)
    try:
        return str(cache.mkdir(name))
    except (AttributeError, OSError):
        folder = tempfile.mkdtemp(prefix="wordvec-tests-")
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
        return folder


@pytest.fixture(scope="session", autouse=True)
def temporary_files(tmp_path_factory):
    """What tests, examples in docstrings and the programs that they start put into the folder for temporary files lies
    with pytest's own files, which pytest removes after a few runs."""
    folder = str(tmp_path_factory.mktemp("temporary"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", folder)
        patch.setenv("TMPDIR", folder)
        yield


@pytest.fixture(scope="session", autouse=True)
def one_core():
    """Where a test does not say how many threads, there is one, as for the libraries above. A team of two on a tiny
    corpus mostly waits for each other, longer the more workers share the cores. Programs that a test starts see all.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "sched_getaffinity", lambda pid: {0}, raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def flushed_to_disk():
    """os.fsync checks its descriptor and does not wait for the disk: tests of corpora and trainers stood still in it
    for a sixth of their time. None can see what survives a power failure; programs that tests start flush. The value
    is the real function.
    """
    with pytest.MonkeyPatch.context() as patch:
        real = os.fsync
        patch.setattr(os, "fsync", lambda descriptor: os.fstat(descriptor) and None)
        yield real


@pytest.fixture(scope="session", autouse=True)
def same_fonts(tmp_path_factory):
    """matplotlib's own fonts, and one that has a box for each character of Chinese, Japanese and Korean."""
    if importlib.util.find_spec("matplotlib") is None:  # in scripts/gpu_check.sh, whose tests draw nothing
        return
    import matplotlib
    from matplotlib import font_manager
    from matplotlib.font_manager import fontManager

    from wordvec.plots import fonts

    matplotlib.rcdefaults()
    font_manager.findSystemFonts = lambda *folders, **options: []
    own = Path(matplotlib.get_data_path())
    fontManager.ttflist = [entry for entry in fontManager.ttflist if own in Path(entry.fname).parents]
    path = tmp_path_factory.mktemp("fonts") / "boxes.ttf"
    _make_font("Boxes", WIDE_SCRIPTS, path)
    fontManager.addfont(path)
    for found in (fontManager._findfont_cached, fonts._installed, fonts._glyphs):
        found.cache_clear()


def _make_font(family: str, ranges, path: Path) -> None:
    """A TrueType font with the same box for all code points of `ranges`."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for corner in ((100, 700), (900, 700), (900, 0)):
        pen.lineTo(corner)
    pen.closePath()
    builder = FontBuilder(unitsPerEm=1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "box"])
    builder.setupCharacterMap({code: "box" for first, last in ranges for code in range(first, last + 1)})
    builder.setupGlyf({".notdef": pen.glyph(), "box": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 100), "box": (1000, 100)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular", "psName": family})
    builder.setupOS2(sTypoAscender=800, usWinAscent=800, usWinDescent=200, usWeightClass=400)
    builder.setupPost()
    builder.save(path)


@pytest.fixture(autouse=True)
def messages_depend_on_nothing_else(monkeypatch):
    """Warnings given once a process are due again, whatever other tests have drawn; and no wait is long enough to be
    explained, whatever is compiled already and however busy the machine is."""
    from wordvec import progress
    from wordvec.plots import fonts

    monkeypatch.setattr(fonts, "_warned", set())
    monkeypatch.setattr(progress, "PATIENCE", 3600.0)


@pytest.fixture(autouse=True)
def gensim_is_gensim(request):
    """What a test or an example lent gensim's name to is gone after it: others compare with gensim itself. Examples
    find gensim not imported yet, whatever ran before.
    """
    imported = {}
    if "gensim" in sys.modules and request.node.nodeid.startswith(("tests/docs", "wordvec/compat")):
        imported = _taken_out()
    yield
    if imported or getattr(sys.modules.get("gensim"), "__name__", "gensim") != "gensim":
        _taken_out()
        sys.modules.update(imported)


def _taken_out() -> dict[str, object]:
    """gensim's modules, from now on as if they were not imported."""
    names = [name for name in sys.modules if name.split(".")[0] == "gensim"]
    return {name: sys.modules.pop(name) for name in names}


@pytest.fixture(autouse=True)
def floating_point_errors_raise():
    """Division by zero and invalid operations are faults; underflow to zero is what a stable softmax does."""
    import numpy as np

    with np.errstate(divide="raise", invalid="raise", over="raise"):
        yield
