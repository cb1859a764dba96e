import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "check_collection.py"
A_SUITE = """
import pathlib, time
import pytest

@pytest.mark.parametrize("x", [1], ids=[str(time.time())])
def test_clock(x): ...

@pytest.mark.parametrize("x", {"a", "b", "c", "d", "e", "f", "g"})
def test_hash_seed(x): ...

@pytest.mark.parametrize("x", [p.name for p in pathlib.Path(__file__).parent.glob("*.txt")])
def test_listing(x): ...

@pytest.mark.parametrize("x", [2, 1, 3])
def test_without_fault(x): ...
"""


@pytest.fixture(scope="module")
def check():
    spec = importlib.util.spec_from_file_location("check_collection", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_ids_and_order_that_depend_on_the_machine_are_found(check, tmp_path):
    (tmp_path / "test_it.py").write_text(A_SUITE)
    for name in "abc":
        (tmp_path / f"{name}.txt").touch()
    here, there = check.collect_twice(tmp_path)
    of = lambda name: [[nodeid for nodeid in ids if f"::{name}" in nodeid] for ids in (here, there)]
    for name in ("test_clock", "test_hash_seed"):
        assert of(name)[0] != of(name)[1]
    assert sorted(of("test_listing")[0]) == sorted(of("test_listing")[1])
    assert of("test_listing")[1] == [f"test_it.py::test_listing[{name}.txt]" for name in "cba"]
    assert of("test_without_fault")[0] == of("test_without_fault")[1]
    lines = check.differences(here, there)
    assert len(lines) == 2
    assert all("test_clock" in line for line in lines)


def test_an_order_alone_is_a_difference(check):
    assert check.differences(["a", "b", "c"], ["a", "c", "b"]) == ["the order: b here is c there"]
    assert check.differences(["a", "b"], ["a", "b"]) == []


def test_a_suite_that_cannot_be_collected_ends_the_check(check):
    with pytest.raises(SystemExit, match="status 2:\nno module of that name"):
        check.ids_of(2, "no module of that name")
