"""Whatever a person names, as a tree of log files: files, folders, archives in one another, pipes."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import signal
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from log_classify.progress import Progress
from log_classify.trees import harvest, unpack
from log_classify.trees.reader import TreeReader, open_trees
from log_classify.trees.scratch import Scratch
from log_classify.trees.selection import Selection
from log_processor.errors import ConfigError
from tests.log_classify.console import ROOT
from tests.log_classify.trees.archives import Read, tar, zipped

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "logs/sub").mkdir(parents=True)
    (tmp_path / "logs/a.log").write_bytes(b"alpha\n")
    (tmp_path / "logs/sub/b.log.gz").write_bytes(gzip.compress(b"beta\n"))
    return tmp_path / "logs"


def test_the_files_of_a_folder_are_read_where_they_lie_in_the_order_of_their_paths(folder: Path) -> None:
    for number in range(20):
        (folder / f"{number}.log").write_bytes(b"x")
    with open_trees() as reader:
        tree = reader.read(str(folder))
    assert sorted(file.path for file in tree.files) == [file.path for file in tree.files]
    assert {"a.log": folder / "a.log", "sub/b.log.gz": folder / "sub/b.log.gz"} == {
        file.path: file.file for file in tree.files if not file.path[0].isdigit()
    }
    assert (str(folder), None, (), ()) == (tree.name, tree.url, tree.left_out, tree.remarks)


def test_a_file_is_a_tree_of_one_even_if_its_name_is_noise(folder: Path) -> None:
    (folder / "data.json").write_bytes(b"{}")
    found = Read(folder / "data.json")
    assert {"data.json": b"{}"} == found.texts
    assert {"data.json": str(folder / "data.json")} == found.sources


def test_noise_and_what_is_excluded_is_left_out_and_named(folder: Path) -> None:
    (folder / "etc").mkdir()
    (folder / "etc/hosts").write_bytes(b"x")
    (folder / "shot.png").write_bytes(b"x")
    assert {"etc/": "configuration of a machine", "shot.png": "a picture"} == Read(folder).left_out
    found = Read(folder, Selection(exclude_names=("a",), exclude_paths=("sub/",), noise=()))
    assert ["etc/hosts", "shot.png"] == list(found.texts)
    assert {"a.log": "its name is excluded: a", "sub/": "its path is excluded: sub/"} == found.left_out
    found = Read(folder, Selection(include_paths=("^sub/",)))
    assert ["sub/b.log.gz"] == list(found.texts)
    assert "its path is not included" == found.left_out["a.log"]


def test_links_are_not_followed_wherever_they_lead(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"s")
    (folder / "out.log").symlink_to(tmp_path / "secret")
    (folder / "in.log").symlink_to("a.log")
    (folder / "up").symlink_to(tmp_path)
    (folder / "loop").symlink_to(".")
    (folder / "self").symlink_to("self")
    (folder / "broken").symlink_to("nowhere")
    found = Read(folder)
    assert ["a.log", "sub/b.log.gz"] == list(found.texts)
    assert {"out.log", "in.log", "up", "loop", "self", "broken"} == set(found.left_out)
    assert "a link to nowhere; links are not followed" == found.left_out["broken"]


def test_a_link_that_is_named_itself_is_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    assert ["a.log", "sub/b.log.gz"] == list(Read(tmp_path / "link").texts)


def test_pipes_and_sockets_in_a_folder_hold_nobody_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        found = Read(folder)
    assert {"pipe": "a pipe", "socket": "a socket"} == found.left_out


def test_names_that_are_no_utf_8_are_shown_as_bytes_and_read(folder: Path) -> None:
    (Path(os.fsdecode(os.fsencode(folder) + b"/\xff\n.log"))).write_bytes(b"x")
    found = Read(folder)
    assert b"x" == found.texts["\\xff\n.log"]
    assert found.sources["\\xff\n.log"].endswith("\\xff\n.log")


def test_what_may_not_be_read_is_left_out_and_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.open

    def forbidden(
        path: Path, flags: int, **more: int
    ) -> int:  # as root may read everything, modes would tell nothing
        if Path(path).name == "a.log":
            raise PermissionError(13, "Permission denied")
        return opened(path, flags, **more)

    monkeypatch.setattr(os, "open", forbidden)
    found = Read(folder)
    assert ["sub/b.log.gz"] == list(found.texts)
    assert {"a.log": "cannot be read: Permission denied"} == found.left_out


def test_a_folder_that_vanishes_is_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def vanished(path: str) -> Iterator[os.DirEntry[str]]:
        if str(path).endswith("sub"):
            raise FileNotFoundError(2, "No such file or directory")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", vanished)
    with open_trees() as reader:
        tree = reader.read(str(folder))
    monkeypatch.undo()
    assert ["sub/"] == [each.path for each in tree.left_out]


@pytest.mark.parametrize("name", ["absent", "absent/below", "a\0b", "x" * 5000])
def test_what_is_not_there_is_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_trees() as reader, pytest.raises(ConfigError, match="cannot be read"):
        reader.read(name)


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "xz": lzma.compress,
    "bz2": bz2.compress,
    "zst": zstd.compress,
    "plain": lambda data: data,
}


@pytest.mark.parametrize("form", PACKED)
def test_an_archive_is_known_by_its_bytes_in_any_compression_and_under_any_name(
    form: str, tmp_path: Path
) -> None:
    (tmp_path / "build-71.log").write_bytes(PACKED[form](tar({"a.log": b"alpha\n", "etc/x": b"x"})))
    found = Read(tmp_path / "build-71.log")
    assert {"a.log": b"alpha\n"} == found.texts
    assert {"a.log": f"{tmp_path}/build-71.log!a.log"} == found.sources
    assert {"etc/x": "configuration of a machine"} == found.left_out


@pytest.mark.parametrize("form", PACKED)
def test_a_compressed_log_stays_as_it_is(form: str, tmp_path: Path) -> None:
    data = PACKED[form](b"alpha\n" * 1000)
    (tmp_path / "a.log").write_bytes(data)
    assert {"a.log": data} == Read(tmp_path / "a.log").texts


@pytest.mark.parametrize("name", ["build-17.tar.gz", "build-17.tgz", "build-17.zip", "build-17"])
def test_a_folder_called_as_the_archive_that_is_named_is_no_part_of_paths(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(
        tar({"build-17/a.log": b"1", "build-17/build-17/b.log": b"2", "c/d.log": b"3"})
    )
    found = Read(tmp_path / name)
    assert {"a.log": b"1", "build-17/b.log": b"2", "c/d.log": b"3"} == found.texts
    assert f"{tmp_path}/{name}!build-17/a.log" == found.sources["a.log"]
    assert f"{name}/build-17/a.log" in Read(tmp_path).texts


def test_archives_in_archives_in_folders_are_read_each_under_its_name(folder: Path) -> None:
    inner = tar({"deep.log": b"deep\n"}, "w:gz")
    (folder / "all.zip").write_bytes(zipped({"mid.tar.xz": lzma.compress(tar({"inner.tgz": inner}))}))
    found = Read(folder)
    assert b"deep\n" == found.texts["all.zip/mid.tar.xz/inner.tgz/deep.log"]
    assert (
        f"{folder}/all.zip!mid.tar.xz!inner.tgz!deep.log"
        == found.sources["all.zip/mid.tar.xz/inner.tgz/deep.log"]
    )


def test_archives_in_one_another_end_somewhere(tmp_path: Path) -> None:
    data = b"x"
    for number in range(8):
        data = tar({f"{number}.tar": data})
    (tmp_path / "x").write_bytes(data)
    found = Read(tmp_path / "x")
    assert {} == found.texts
    assert {"7.tar/6.tar/5.tar/4.tar": "more than 4 archives are in one another"} == found.left_out


def test_of_members_with_one_path_the_last_one_counts(tmp_path: Path) -> None:
    data = zipped({"a.log": b"one", "./a.log": b"two", "b.log": b"three"})
    (tmp_path / "x").write_bytes(data.replace(b"b.log", b"a.log"))
    found = Read(tmp_path / "x")
    assert {"a.log": b"three"} == found.texts
    assert 2 == len(found.tree.left_out)
    assert {"a.log": "a later file has the same path"} == found.left_out


def test_included_members_are_found_in_archives(folder: Path) -> None:
    (folder / "x.tar.gz").write_bytes(tar({"logs/a.log": b"1", "b.log": b"2"}, "w:gz"))
    found = Read(folder, Selection(include_paths=(r"^x\.tar\.gz/logs/",)))
    assert {"x.tar.gz/logs/a.log": b"1"} == found.texts


def test_a_bomb_is_cut_where_no_log_would_be_so_dense(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "RATIO_JUDGED_FROM", 1 << 20)
    bomb = zipped({f"{number}.log": bytes(1 << 19) for number in range(20)})
    nested = zipped({f"{number}.zip": bomb for number in range(20)})
    (tmp_path / "x.zip").write_bytes(zipped({"first.log": b"first\n", "y.zip": nested, "z.zip": nested}))
    monkeypatch.setattr(unpack, "MAX_RATIO", 100)
    found = Read(tmp_path / "x.zip")
    assert b"first\n" == found.texts["first.log"]
    assert sum(map(len, found.texts.values())) <= 100 * (tmp_path / "x.zip").stat().st_size + (1 << 20)
    assert any("it unpacks to more than" in remark for remark in found.remarks)


def test_a_compressed_bomb_is_cut_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "MAX_RATIO", 10)
    monkeypatch.setattr(unpack, "RATIO_JUDGED_FROM", 1 << 20)
    (tmp_path / "x.tgz").write_bytes(tar({f"{number}.log": bytes(1 << 18) for number in range(40)}, "w:gz"))
    found = Read(tmp_path / "x.tgz")
    assert sum(map(len, found.texts.values())) <= 1 << 20
    assert any("it unpacks to more than 1,048,576 bytes" in remark for remark in found.remarks)


def test_what_is_too_much_in_all_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(tar({"a.log": bytes(1000)}))
    reader = TreeReader(Scratch(tmp_path, 999), Progress(sys.stderr))
    with pytest.raises(
        ConfigError, match="more than 0 GiB are unpacked or downloaded; leave out what is large"
    ):
        reader.read(str(tmp_path / "x.tar"))


@pytest.mark.parametrize("size", [1, 1 << 20])
def test_a_full_disk_is_named_with_what_to_do(size: int, tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    (tmp_path / "0000001").symlink_to(full)
    with pytest.raises(ConfigError, match="No space left on device; TMPDIR may name"):
        Scratch(tmp_path).keep([bytes(size)])


def test_a_folder_that_takes_no_files_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file or directory; TMPDIR may name"):
        Scratch(tmp_path / "gone").keep([b"x"])


def test_a_thousand_damaged_members_make_a_hundred_remarks(tmp_path: Path) -> None:
    content = bytes(range(256)) * 2000
    data = zipped({f"{number}.log": content for number in range(150)}, zipfile.ZIP_STORED)
    (tmp_path / "x.zip").write_bytes(data.replace(content[:100], content[1:101]))
    found = Read(tmp_path / "x.zip")
    assert 150 == len(found.texts)
    assert 101 == len(found.remarks)
    assert "there are 50 more of these remarks" == found.remarks[-1]


def test_too_many_files_of_an_archive_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harvest, "_MOST", 1)
    (tmp_path / "a.tar").write_bytes(tar({"a.log": b"alpha\n", "b.log": b"beta\n"}))
    with pytest.raises(ConfigError, match="has more than 1 files; name a part of it"):
        Read(tmp_path / "a.tar")


def test_too_many_files_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harvest, "_MOST", 1)
    with pytest.raises(ConfigError, match="has more than 1 files; name a part of it"):
        Read(folder)


@pytest.mark.parametrize("form", ["gz", "plain"])
def test_standard_input_is_a_log_or_an_archive(form: str) -> None:
    data = PACKED[form](tar({"a.log": b"alpha\n"}))
    assert "a.log 6 -!a.log\n" == read_in_a_process("-", data)
    assert f"- {len(PACKED[form](b'beta'))} -\n" == read_in_a_process("-", PACKED[form](b"beta"))


def test_a_pipe_that_is_named_is_read_once_and_can_be_read_again(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(b"alpha\n",))
    writer.start()
    assert {"pipe": b"alpha\n"} == Read(tmp_path / "pipe").texts
    writer.join()


READING = """
import sys
from log_classify.trees.reader import TreeReader, open_trees
with open_trees() as reader:
    for file in reader.read(sys.argv[1]).files:
        print(file.path, len(file.file.read_bytes()), file.source)
    if sys.argv[2:]:
        print("read", flush=True)
        sys.stdin.read()
"""


def read_in_a_process(name: str, data: bytes) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", READING, name], input=data, capture_output=True, cwd=ROOT, check=True
    )
    return ended.stdout.decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_that_is_ended_leaves_nothing_behind(number: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(tar({"a.log": b"alpha\n"}))
    (tmp_path / "tmp").mkdir()
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    with subprocess.Popen(
        [sys.executable, "-c", READING, str(tmp_path / "x.tar"), "wait"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        while process.stdout.readline() != b"read\n":
            pass
        assert 1 == len(list((tmp_path / "tmp").iterdir()))
        process.send_signal(number)
        process.wait(10)
    assert [] == list((tmp_path / "tmp").iterdir())


def test_a_handler_of_somebody_else_stays() -> None:
    def other(number: int, frame: object) -> None:
        """Do nothing."""

    before = signal.signal(signal.SIGTERM, other)
    try:
        with open_trees():
            assert other == signal.getsignal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    with open_trees():
        assert before != signal.getsignal(signal.SIGTERM)
    assert before == signal.getsignal(signal.SIGTERM)


def test_an_archive_of_many_files_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(tar({f"{number % 100}/{number}.log": b"x\n" for number in range(1_000)}))
    with open_trees() as reader:
        tree = reader.read(str(tmp_path / "x.tar"))
        assert 1_000 == len(tree.files)
        assert b"x\n" == tree.files[-1].file.read_bytes()


def test_no_file_is_begun_once_the_folder_is_to_be_removed(tmp_path: Path) -> None:
    gone = Scratch(tmp_path)
    gone.close()
    with pytest.raises(ConfigError, match="is gone"):
        gone.keep([b"x"])
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("make", [tar, zipped])
def test_a_member_whose_name_leads_only_up_is_left_out(
    make: Callable[[Mapping[str, bytes]], bytes], tmp_path: Path
) -> None:
    (tmp_path / "x").write_bytes(make({"..": b"hidden\n", "a.log": b"alpha\n"}))
    found = Read(tmp_path / "x")
    assert {"a.log": b"alpha\n"} == found.texts
    assert {"./": "it has no name"} == found.left_out
