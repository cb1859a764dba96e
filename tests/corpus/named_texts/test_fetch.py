"""Fetching against a server on loopback that truncates, stalls, lies, refuses ranges and fails now and then."""

import hashlib
import io
import json
import socket
import sys
import threading
import zipfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytest.importorskip("pooch", reason="the extra wordvec[fetch] is not installed")

from wordvec import Corpus
from wordvec.cli import main
from wordvec.corpus import named_texts
from wordvec.corpus.named_texts import CatalogueEntry, download, fetched_path, missing_text_message
from wordvec.corpus.named_texts.download import CHUNK_BYTES
from wordvec.corpus.named_texts.fetch import fetch
from wordvec.errors import CorpusError, MissingExtraError
from wordvec.progress import Silence

TEXT = b"".join(b"you say goodbye and i say hello %d\n" % number for number in range(8000))[: 16 * CHUNK_BYTES]
HALF = len(TEXT) // 2
SHA256 = hashlib.sha256(TEXT).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves `content`; each request takes the next of `faults`, and when there are none left all is well."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content, self.etag, self.content_type = TEXT, '"v1"', "application/octet-stream"
        self.faults, self.ranges, self.headers_seen = [], [], []
        self.closing = threading.Event()

    def handle_error(self, request, client_address):
        """Say nothing about clients that leave early: they do so on purpose here."""

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/corpus"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        server = self.server
        server.ranges.append(self.headers["Range"])
        server.headers_seen.append(dict(self.headers))
        self.close_connection = True
        fault = server.faults.pop(0) if server.faults else None
        if isinstance(fault, int):
            self.send_response(fault)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        content = server.content
        start = 0
        if self.headers["Range"] and fault != "no ranges":
            same = self.headers["If-Range"] in (None, server.etag)
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-")) if same else 0
        if start and start >= len(content):
            self.send_response(416)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if start else 200)
        if start:
            lie = 7 if fault == "other range" else 0
            self.send_header("Content-Range", f"bytes {start + lie}-{len(content) - 1}/{len(content)}")
        if server.etag:
            self.send_header("ETag", server.etag)
        self.send_header("Content-Type", server.content_type)
        if fault != "no length":
            self.send_header("Content-Length", str(len(content) - start + (999 if fault == "says more" else 0)))
        self.end_headers()
        body = content[start:]
        if fault in ("truncate", "stall"):
            body = body[: len(body) // 2]
        self.wfile.write(body)
        if fault == "stall":
            self.wfile.flush()
            server.closing.wait(30)


@pytest.fixture
def server():
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.closing.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("WORDVEC_DATA", str(folder))
    return folder


@pytest.fixture
def entry(server, monkeypatch):
    """A plain text of known size and hash, in the catalogue beside the others."""
    return in_catalogue(monkeypatch, url=server.url)


def in_catalogue(monkeypatch, **changes):
    entry = CatalogueEntry(
        name="hello",
        language="en",
        description="Greetings, a line each",
        format="text",
        url="",
        bytes=len(TEXT),
        sha256=SHA256,
        hash_published_at=None,
        member=None,
        unpacked_bytes=None,
        unpacked_hash=None,
        licence="public domain",
        note="for tests",
    )
    entry = replace(entry, **changes)
    monkeypatch.setattr(named_texts, "list_catalogue", lambda: (entry,))
    return entry


def quickly(entry, to=None, **options):
    """`fetch` with waits that are written down instead of slept."""
    slept = []
    options = {"waits": (1, 2, 4), "timeout": (60, 60), "show_progress": False} | options
    fetched = fetch(entry, to, sleep=slept.append, **options)
    return fetched, slept


def left_over(folder):
    return sorted(path.name for path in folder.iterdir())


def test_licence_and_size_come_first_and_the_name_then_is_a_text(server, entry, cache, capsys):
    fetched, slept = quickly("hello")
    assert fetched.path == cache / "hello.txt"
    assert fetched.path.read_bytes() == TEXT
    assert (fetched.checked_by, fetched.sha256, fetched.was_here, slept) == ("sha256", SHA256, False, [])
    err = capsys.readouterr().err
    assert "licence: public domain" in err
    assert f"0.3 MB from {server.url} to {cache / 'hello.txt'}" in err
    assert left_over(cache) == ["hello.txt", "hello.txt.origin.json"]
    assert fetched_path("hello") == fetched.path
    assert fetched_path("hullo") is None
    assert server.headers_seen[0]["User-Agent"].startswith("wordvec/")


def test_what_is_here_is_not_downloaded_again_but_what_is_damaged_is(server, entry, cache):
    path = quickly("hello")[0].path
    assert quickly("hello")[0].was_here
    assert len(server.ranges) == 1
    path.write_bytes(TEXT[:-1])
    assert fetched_path("hello") is None
    fetched, _ = quickly("hello")
    assert not fetched.was_here
    assert path.read_bytes() == TEXT


def test_a_new_hash_in_the_catalogue_makes_the_old_file_stale(server, entry, cache, monkeypatch):
    quickly("hello")
    server.content = TEXT[::-1]
    in_catalogue(monkeypatch, url=server.url, sha256=hashlib.sha256(server.content).hexdigest())
    assert fetched_path("hello") is None
    assert quickly("hello")[0].path.read_bytes() == server.content


def test_to_names_another_folder_and_leaves_a_users_file_alone(server, entry, cache, tmp_path):
    folder = tmp_path / "a" / "b"
    assert quickly("hello", to=folder)[0].path == folder / "hello.txt"
    assert fetched_path("hello") is None
    other = tmp_path / "mine"
    other.mkdir()
    (other / "hello.txt").write_text("my own words")
    with pytest.raises(CorpusError, match="was not fetched by wordvec"):
        quickly("hello", to=other)
    assert (other / "hello.txt").read_text() == "my own words"
    with pytest.raises(CorpusError, match="cannot be made"):
        quickly("hello", to=other / "hello.txt" / "below")


def test_a_broken_connection_goes_on_where_it_stopped(server, entry, cache, capsys):
    server.faults = ["truncate"]
    fetched, slept = quickly("hello")
    assert fetched.path.read_bytes() == TEXT
    assert server.ranges == [None, f"bytes={HALF}-"]
    assert slept == [1]
    assert "trying again in 1 s" in capsys.readouterr().err


def test_a_length_that_is_not_the_catalogues_is_refused_before_anything_is_read(server, entry, cache):
    server.faults = ["says more"]
    with pytest.raises(CorpusError, match=rf"offers {len(TEXT) + 999:,} bytes, but the catalogue's file has"):
        quickly("hello")
    assert "hello.part" not in left_over(cache)


def test_a_server_that_promises_more_than_it_sends_runs_out_of_tries(server, cache, monkeypatch):
    in_catalogue(monkeypatch, url=server.url, bytes=None, sha256=None)
    server.etag = None
    server.faults = ["says more"] * 4
    with pytest.raises(CorpusError, match=r"gave up after 4 tries: the first 0\.3 MB are kept"):
        quickly("hello")
    assert "hello.txt" not in left_over(cache)


def test_fails_twice_then_succeeds(server, entry, cache):
    server.faults = [503, 429]
    fetched, slept = quickly("hello")
    assert fetched.path.read_bytes() == TEXT
    assert slept == [1, 2]


def test_waits_begin_anew_whenever_more_has_arrived(server, entry, cache):
    server.faults = ["truncate", 503, "truncate", 503, 503, "truncate"]
    _, slept = quickly("hello")
    assert slept == [1, 2, 1, 2, 4, 1]


def test_a_run_after_a_failed_one_resumes(server, entry, cache):
    server.faults = ["truncate", 503, 503, 503]
    with pytest.raises(CorpusError, match=r"503 .*gave up after 4 tries: the first 0\.1 MB are kept"):
        quickly("hello")
    assert left_over(cache) == ["hello.part", "hello.part.json"]
    fetched, _ = quickly("hello")
    assert fetched.path.read_bytes() == TEXT
    assert server.ranges[-1] == f"bytes={HALF}-"
    assert left_over(cache) == ["hello.txt", "hello.txt.origin.json"]


def test_an_interrupted_run_keeps_its_part(server, entry, cache, capsys):
    def interrupted(_):
        raise KeyboardInterrupt

    server.faults = ["truncate"]
    with pytest.raises(KeyboardInterrupt):
        fetch(entry, sleep=interrupted, show_progress=False)
    assert "the received part is kept: the same command resumes" in capsys.readouterr().err
    assert quickly("hello")[0].path.read_bytes() == TEXT
    assert server.ranges == [None, f"bytes={HALF}-"]


def test_the_bar_counts_what_was_here_and_begins_again_where_it_must(server, entry, cache, monkeypatch):
    bars = []

    class Bar(Silence):
        def __init__(self, total, *_, **__):
            self.total, self.position = total, 0
            bars.append(self)

        def update(self, amount=1):
            self.position += amount

    monkeypatch.setattr(download, "progress", Bar)
    server.faults = ["truncate", "truncate", "no ranges"]
    quickly("hello")
    assert [bar.position for bar in bars] == [HALF, HALF + HALF // 2, len(TEXT)]
    assert {bar.total for bar in bars} == {len(TEXT)}


def test_messages_stand_on_lines_of_their_own_beside_a_real_bar(server, entry, cache, capsys):
    server.faults = ["truncate"]
    quickly("hello", show_progress=True)
    err = capsys.readouterr().err
    assert "fetching hello: " in err
    assert "\rwordvec: hello: the connection broke; trying again in 1 s\n" in err


def test_a_stalled_connection_is_left_and_resumed(server, entry, cache, capsys):
    server.faults = ["stall"]
    fetched, _ = quickly("hello", timeout=(60, 0.5))
    assert fetched.path.read_bytes() == TEXT
    assert server.ranges[0] is None
    assert set(server.ranges[1:]) == {f"bytes={HALF}-"}  # more than one where the machine itself stalls
    assert "none for too long" in capsys.readouterr().err


def test_a_server_without_ranges_is_read_from_the_start(server, entry, cache):
    server.faults = ["truncate", "no ranges"]
    assert quickly("hello")[0].path.read_bytes() == TEXT


def test_another_range_than_asked_for_is_not_glued_on(server, entry, cache):
    server.faults = ["truncate", "other range"]
    assert quickly("hello")[0].path.read_bytes() == TEXT
    assert server.ranges == [None, f"bytes={HALF}-", None]


def test_a_file_that_was_replaced_meanwhile_is_read_from_the_start(server, cache, monkeypatch):
    in_catalogue(monkeypatch, url=server.url, bytes=None, sha256=None)
    server.faults = ["truncate", 503, 503, 503]
    with pytest.raises(CorpusError):
        quickly("hello")
    server.content, server.etag = TEXT.upper(), '"v2"'
    assert quickly("hello")[0].path.read_bytes() == TEXT.upper()


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_without_hash_or_validator_a_part_proves_nothing(server, cache, monkeypatch, etag):
    in_catalogue(monkeypatch, url=server.url, bytes=None, sha256=None)
    server.faults, server.etag = ["truncate"], etag
    assert quickly("hello")[0].path.read_bytes() == TEXT
    assert server.ranges == [None, None]


def test_a_part_longer_than_the_file_starts_again(server, entry, cache):
    cache.mkdir()
    (cache / "hello.part").write_bytes(TEXT + b"more")
    assert quickly("hello")[0].path.read_bytes() == TEXT


def test_a_whole_part_needs_no_network(server, entry, cache):
    cache.mkdir()
    (cache / "hello.part").write_bytes(TEXT)
    assert quickly("hello")[0].path.read_bytes() == TEXT
    assert server.ranges == []


def test_a_wrong_part_is_found_out_and_removed(server, entry, cache):
    cache.mkdir()
    (cache / "hello.part").write_bytes(b"x" * HALF)
    with pytest.raises(CorpusError, match="its SHA-256 differs; it was removed"):
        quickly("hello")
    assert "hello.part" not in left_over(cache)
    assert quickly("hello")[0].path.read_bytes() == TEXT


def test_another_file_of_the_same_size_is_refused(server, entry, cache):
    server.content = TEXT.upper()
    with pytest.raises(CorpusError, match="not the catalogue's file"):
        quickly("hello")
    assert left_over(cache) in ([], ["hello.part.json"])


def test_an_endless_answer_is_cut_off(server, entry, cache):
    server.content, server.faults = TEXT * 50, ["no length"]
    with pytest.raises(CorpusError, match=rf"sends more than the {len(TEXT):,} bytes"):
        quickly("hello")
    assert "hello.part" not in left_over(cache)


@pytest.mark.parametrize("status, hint", [(404, "may have moved"), (403, "may let a browser in"), (204, "moved")])
def test_refusals_are_final_and_say_what_to_do(server, entry, cache, status, hint):
    server.faults = [status]
    with pytest.raises(CorpusError, match=f"answers {status} .*{hint}; download it by hand"):
        quickly("hello")
    assert len(server.ranges) == 1


def test_a_web_page_is_no_corpus(server, cache, monkeypatch):
    in_catalogue(monkeypatch, url=server.url, bytes=None, sha256=None)
    server.content, server.content_type = b"<!DOCTYPE html><p>Welcome to our hotel", "text/html; charset=utf-8"
    with pytest.raises(CorpusError, match="sends a web page in place of the file"):
        quickly("hello")
    assert "hello.txt" not in left_over(cache)


def test_without_a_network_there_is_one_clear_line(cache, monkeypatch):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        in_catalogue(monkeypatch, url=f"http://127.0.0.1:{closed.getsockname()[1]}/x")
        with pytest.raises(CorpusError, match=r"no connection to the server: is there a network\?$") as caught:
            quickly("hello")
    assert "\n" not in str(caught.value)


def test_without_a_hash_nothing_vouches_and_it_says_so(server, cache, monkeypatch, capsys):
    in_catalogue(monkeypatch, url=server.url, sha256=None)
    fetched, _ = quickly("hello")
    assert fetched.checked_by is None
    assert fetched.sha256 == SHA256
    assert "cannot be verified" in capsys.readouterr().err
    server.content = TEXT + b"!"
    in_catalogue(monkeypatch, url=server.url + "2", sha256=None)
    with pytest.raises(CorpusError, match="another file now"):
        quickly("hello")


def test_too_little_room_is_said_before_the_download(server, cache, monkeypatch):
    in_catalogue(monkeypatch, url=server.url, bytes=10**18)
    with pytest.raises(CorpusError, match=r"needs 1,000,000,000 GB and .* free; name a folder with more room"):
        quickly("hello")
    assert server.ranges == []


def test_without_pooch_the_extra_is_named(entry, cache, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(MissingExtraError, match=r"wordvec\[fetch\]"):
        quickly("hello")
    monkeypatch.delenv("WORDVEC_DATA")
    assert fetched_path("hello") is None
    assert "wordvec corpus fetch hello gets it (0.3 MB)" in missing_text_message("hello")


# archives


def zipped(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def serve_zip(server, monkeypatch, files, **changes):
    server.content = zipped(files)
    sha256 = hashlib.sha256(server.content).hexdigest()
    changes = {"member": "hello/train", "bytes": len(server.content), "sha256": sha256} | changes
    return in_catalogue(monkeypatch, url=server.url, **changes)


def test_only_the_wanted_member_leaves_the_archive(server, cache, monkeypatch, tmp_path):
    files = {"../../evil": b"1", "/tmp/evil": b"2", "hello/valid": b"3", "hello/train": TEXT}
    serve_zip(server, monkeypatch, files, unpacked_bytes=len(TEXT))
    assert quickly("hello")[0].path.read_bytes() == TEXT
    assert left_over(cache) == ["hello.txt", "hello.txt.origin.json"]
    assert left_over(tmp_path) == ["cache"]


def test_a_member_with_a_hostile_name_is_only_a_stream(server, cache, monkeypatch, tmp_path):
    serve_zip(server, monkeypatch, {"../../evil": TEXT}, member="../../evil")
    assert quickly("hello")[0].path == cache / "hello.txt"
    assert left_over(tmp_path) == ["cache"]


@pytest.mark.parametrize(
    "files, changes, message",
    [
        ({"other": TEXT}, {}, "has no hello/train"),
        ({"hello/train": TEXT}, {"unpacked_bytes": len(TEXT) - 1}, f"larger than {len(TEXT) - 1:,} bytes"),
        ({"hello/train": TEXT}, {"unpacked_bytes": len(TEXT) + 1}, f"not {len(TEXT) + 1:,}"),
        ({"hello/train": b"a" * 10**6}, {}, r"larger than \d+,\d+ bytes"),  # swells a thousandfold
        ({"hello/train": TEXT}, {"unpacked_hash": "sha1:" + "0" * 40}, "a different sha1 than published"),
    ],
)
def test_archives_that_are_not_as_they_should_be(server, cache, monkeypatch, files, changes, message):
    serve_zip(server, monkeypatch, files, **changes)
    with pytest.raises(CorpusError, match=message):
        quickly("hello")
    assert left_over(cache) in ([], ["hello.txt.origin.json"])


def test_a_damaged_archive_without_a_hash_is_found_by_its_own_sum(server, cache, monkeypatch):
    serve_zip(server, monkeypatch, {"hello/train": TEXT}, sha256=None)
    damaged = bytearray(server.content)
    damaged[200] ^= 255
    server.content = bytes(damaged)
    with pytest.raises(CorpusError, match="not a valid zip archive"):
        quickly("hello")
    server.content = b"not a zip".ljust(len(damaged))
    with pytest.raises(CorpusError, match="not a valid zip archive"):
        quickly("hello")


def test_the_hash_of_the_unpacked_file_vouches_for_an_archive_without_one(server, cache, monkeypatch, capsys):
    sha1 = hashlib.sha1(TEXT).hexdigest()
    serve_zip(server, monkeypatch, {"hello/train": TEXT}, sha256=None, unpacked_hash=f"sha1:{sha1}")
    assert quickly("hello")[0].checked_by == "sha1 of the unpacked file"
    assert "vouch" not in capsys.readouterr().err


def test_markup_is_announced_and_never_read_as_text(server, cache, monkeypatch, capsys):
    in_catalogue(monkeypatch, url=server.url, format="mediawiki-xml")
    assert "XML" in missing_text_message("hello")
    assert quickly("hello")[0].path.name == "hello.xml"
    assert "extract the text first" in capsys.readouterr().err
    with pytest.raises(CorpusError, match="not text to train on"):
        fetched_path("hello")


# the command


def test_the_command(server, entry, cache, capsys):
    assert main(["corpus", "fetch", "hello", "--json"]) == 0
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert report == {
        "name": "hello",
        "path": str(cache / "hello.txt"),
        "bytes": len(TEXT),
        "sha256": SHA256,
        "checked_by": "sha256",
        "licence": "public domain",
        "url": server.url,
        "was_here": False,
    }
    assert "licence" in err
    assert "\r" not in err  # no bar where stderr is no terminal
    main(["corpus", "fetch", "hello"])
    out, err = capsys.readouterr()
    assert out.startswith(f"{cache / 'hello.txt'}: already there")
    assert err == ""
    assert Corpus.build(fetched_path("hello"), show_progress=False).vocabulary.words[0] == "say"


def test_the_command_without_a_hash_prints_the_one_received(server, cache, monkeypatch, capsys):
    in_catalogue(monkeypatch, url=server.url, sha256=None, bytes=None)
    assert main(["corpus", "fetch", "hello", "--to", str(cache / "x")]) == 0
    out, _ = capsys.readouterr()
    assert SHA256 in out
    assert "no hash was published to check it against" in out
    assert "give its path as TEXT" in out


def test_the_command_knows_no_other_names(cache, capsys):
    assert main(["corpus", "fetch", "text9"]) == 2
    assert "nothing in the catalogue is called 'text9'; there are: text8" in capsys.readouterr().err
