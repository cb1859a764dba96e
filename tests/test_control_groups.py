"""Limits of containers, read from files like those that Linux shows."""

import pytest

from wordvec import memory

GB = 2**30


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A function that writes the files of control groups, by name, which then are this machine's."""
    monkeypatch.setattr(memory, "OWN_GROUPS", tmp_path / "own")
    monkeypatch.setattr(memory, "ROOT", tmp_path / "fs")

    def write(own, files):
        (tmp_path / "own").write_text(own)
        for name, content in files.items():
            (tmp_path / "fs" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "fs" / name).write_text(content)

    return write


def of_memory(limit, used, folder="", files=100):
    stat = f"anon 5\ninactive_file {files}\nactive_file 7\n"
    return {f"{folder}memory.max": f"{limit}\n", f"{folder}memory.current": f"{used}\n", f"{folder}memory.stat": stat}


@pytest.mark.parametrize(
    ("own", "files", "free", "cores"),
    [
        ("0::/\n", {}, None, None),
        ("0::/\n", {"cpu.max": "max 100000\n", **of_memory("max", 5)}, None, None),
        ("0::/\n", {"cpu.max": "200000 100000\n", **of_memory(2 * GB, GB)}, GB + 100, 2),
        ("0::/a/b\n", {"cpu.max": "150000 100000\n", **of_memory(GB, 0)}, GB + 100, 2),  # the host's path
        ("0::/a/b\n", {"a/b/cpu.max": "max 100000\n", "a/cpu.max": "5000 100000\n"}, None, 1),  # the tightest
        ("0::/a\n", {**of_memory(GB, GB // 2, "a/"), **of_memory(9 * GB, 0)}, GB // 2 + 100, None),
        ("0::/\n", of_memory(GB, GB + 200, files=0), 0, None),  # over the limit, for a moment
        ("0::/\n", {"cpu.max": "", "memory.max": "1"}, None, None),
        (
            "3:memory:/c\n2:cpu,cpuacct:/c\n1:name=systemd:/\n0::/\n",
            {
                "memory/c/memory.limit_in_bytes": f"{GB}\n",
                "memory/c/memory.usage_in_bytes": "0\n",
                "memory/c/memory.stat": "inactive_file 1\ntotal_inactive_file 3\n",
                "cpu,cpuacct/c/cpu.cfs_quota_us": "300000\n",
                "cpu,cpuacct/c/cpu.cfs_period_us": "100000\n",
                "memory/memory.limit_in_bytes": "9223372036854771712\n",
                "memory/memory.usage_in_bytes": "0\n",
                "memory/memory.stat": "",
                "cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
                "cpu,cpuacct/cpu.cfs_period_us": "100000\n",
            },
            GB + 3,
            3,
        ),
    ],
)
def test_limits_of_containers(machine, own, files, free, cores):
    machine(own, files)
    assert (memory.group_memory(), memory.group_cores()) == (free, cores)


def test_a_system_without_control_groups(machine):
    assert (memory.group_memory(), memory.group_cores()) == (None, None)


def test_a_limit_counts_where_it_is_less_than_the_machine_has(machine, monkeypatch):
    monkeypatch.setattr(memory.os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr(memory, "_machines_memory", lambda: 3 * GB)
    machine("0::/\n", {"cpu.max": "250000 100000\n", **of_memory(2 * GB, 0, files=0)})
    assert (memory.available_cores(), memory.available_memory()) == (3, 2 * GB)
    machine("0::/\n", {"cpu.max": "6400000 100000\n", **of_memory(64 * GB, 0)})
    assert (memory.available_cores(), memory.available_memory()) == (8, 3 * GB)
