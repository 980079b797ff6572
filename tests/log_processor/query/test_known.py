from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from log_processor.errors import ConfigError
from log_processor.query.cli import main
from log_processor.query.known import KnownBug, known_bug, load, unexplained, unknown_fields
from log_processor.stores.line_search import line_id
from tests.log_processor.shelf import Shelf, line
from tests.services.recheck_samples import DATA, needs_data

_MERGES = "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 60))
"""Mappings merged into each other, until there are more entries than a memory holds."""


def queries(folder: Path, **texts: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


@needs_data
@pytest.mark.parametrize(
    ("folder", "count"),
    [
        ("queries", 86),
        ("unit/queries", 19),
        ("unit/queries_with_filters", 1),
        ("unit/suppressed_queries", 1),
    ],
)
def test_elastic_rechecks_own_files_are_read(folder: str, count: int) -> None:
    bugs, problems = load(DATA / folder)
    assert (count, []) == (len(bugs), problems)
    assert all(bug.query and bug.link.endswith(f"/{bug.bug}") for bug in bugs)
    assert [] == [bug.bug for bug in bugs if unknown_fields(bug)]


@needs_data
def test_a_file_may_ask_for_failed_tests() -> None:
    ((bug,), _) = load(DATA / "unit" / "queries_with_filters")
    assert ("tempest.api.object_storage.test_account_services.test_list_containers",) == bug.test_ids


def test_keys_about_graphs_and_notifications_are_left_alone() -> None:
    text = 'query: >-\n  message:"a" AND\n  tags:console\nsuppress-graph: true\nallow-nonvoting: true\nnew: [1]\n'
    assert KnownBug("1", 'message:"a" AND tags:console') == known_bug("1", text)


def test_only_a_number_is_linked() -> None:
    assert "https://bugs.launchpad.net/bugs/123" == KnownBug("123", "a").link
    assert "" == KnownBug("STORY-1", "a").link
    assert "" == KnownBug("\u0661\u0662", "a").link


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("query: [", "not YAML"),
        ("query: 'a", "not YAML"),
        ("- query", "expected a mapping"),
        ("", "expected a mapping"),
        ("query:", "key `query`"),
        ("query: 12", "key `query`"),
        ("query: [a]", "key `query`"),
        ("query: '  '", "is empty"),
        (f"query: {'a' * 5000}", "5,000 characters"),
        (f"query: '{'(' * 100}'", "100 brackets"),
        ("query: a\ntest_ids: b", "test_ids"),
        ("query: a\ntest_ids: [1]", "test_ids"),
        ("query: a\nx: !!int abc", "not YAML"),
        ("query: a\nx: 2001-99-99", "not YAML"),
        ("query: a\nx: !!python/object/apply:os.system [id]", "not YAML"),
        ("query: a\nx: " + "{a: " * 3000, "not YAML"),
        ("query: a\n? [b]\n: c", "not YAML"),
        ("query: a\x07", "not YAML"),
        ("query: a\nx: " + "9" * 5000, "not YAML"),
        (f"a0: &a0 {{k: v}}\n{_MERGES}query: a", "an alias"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong_and_the_others_are_read(
    tmp_path: Path, text: str, why: str
) -> None:
    folder = queries(tmp_path / "q", **{"1": "query: a", "2": text, "3": "query: b"})
    bugs, (problem,) = load(folder)
    assert ["1", "3"] == [bug.bug for bug in bugs]
    assert problem.startswith(f"{folder}/2.yaml: ")
    assert why in problem
    assert "\n" not in problem


def test_what_is_no_small_text_file_is_named(tmp_path: Path) -> None:
    folder = queries(tmp_path / "q", **{"1": "query: a", "big": "#" * 70_000, "latin": ""})
    (folder / "latin.yaml").write_bytes(b"query: \xe9")
    (folder / "folder.yaml").mkdir()
    os.mkfifo(folder / "pipe.yaml")
    (folder / "gone.yaml").symlink_to(folder / "nothing")
    (folder / "README.rst").write_text("no query")
    bugs, problems = load(folder)
    assert ["1"] == [bug.bug for bug in bugs]
    named = [problem.removeprefix(f"{folder}/").partition(":") for problem in problems]
    assert ["big.yaml", "folder.yaml", "gone.yaml", "latin.yaml", "pipe.yaml"] == [
        name for name, _, _ in named
    ]
    assert "at most 16,384 bytes" in named[0][2]
    assert "expected UTF-8" in named[3][2]


def test_a_folder_without_query_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"has no file .*: name a folder of query files"):
        load(tmp_path)
    with pytest.raises(ConfigError, match="No such file or directory: name a folder"):
        load(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="Not a directory: name a folder"):
        load(tmp_path / "file")


def test_a_field_that_our_lines_do_not_have_is_named() -> None:
    assert ["nothing"] == unknown_fields(KnownBug("1", 'nothing:"a" AND nothing:b AND module:c'))
    assert [] == unknown_fields(
        KnownBug("1", 'anomaly.reasons:error AND cicd.pipeline.run.id:"x" AND _exists_:tags')
    )


# ---- which far lines are left -------------------------------------------------------------------------


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with closing(Shelf(tmp_path)) as shelf:
        yield shelf


@pytest.mark.parametrize(
    ("matched", "left"),
    [
        ([], [(2, 3), (6, 1)]),
        ([2], [(6, 1)]),
        ([2, 6], []),
        ([3], [(2, 2), (6, 1)]),
        ([3, 4], [(2, 1), (6, 1)]),
        ([5], [(2, 3), (6, 1)]),
    ],
)
def test_a_line_is_explained_with_the_one_that_stands_for_it(
    shelf: Shelf, matched: list[int], left: list[tuple[int, int]]
) -> None:
    shelf.put(
        "a.log",
        [line(1), line(2, 0.9), line(3, 0.8, group=2), line(4, 0.8, group=2), line(5), line(6, 0.7)],
    )
    build = shelf.build()
    explained = {line_id(build.files[0].file, number) for number in matched}
    found = [*unexplained(shelf.reader, build.files, explained, None)]
    assert left == [(one.line.number, one.lines) for one in found]


@pytest.mark.parametrize(("threshold", "left"), [(None, [2]), (0.1, [2, 3]), (0.95, []), (0.0, [1, 2, 3])])
def test_the_threshold_says_which_lines_are_to_be_explained(
    shelf: Shelf, threshold: float | None, left: list[int]
) -> None:
    shelf.put("a.log", [line(1), line(2, 0.9), line(3, 0.2)])
    found = unexplained(shelf.reader, shelf.build().files, (), threshold)
    assert left == [one.line.number for one in found]


# ---- the command, where there is no cluster ------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments", [["--known", "{queries}"], ["--suggest"], ["--known", "{queries}", "--suggest", "c0ffee"]]
)
def test_a_store_that_is_no_cluster_runs_no_queries(
    shelf: Shelf, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    shelf.put("a.log", [line(1), line(2, 0.9)])
    folder = queries(tmp_path / "q", **{"1": "query: a"})
    asked = [argument.format(queries=folder) for argument in arguments]
    assert 2 == main(["--store", shelf.url, "--build-uuid", "b1", *asked])
    said = capsys.readouterr()
    assert "" == said.out
    assert (
        "anomaly-query: query files are run by Elasticsearch or OpenSearch, and this store is neither: name one with "
        "--store or store.url\n"
    ) == said.err


@pytest.mark.parametrize("asked", [["--known", "."], ["--suggest"], ["--suggest", "c0ffee"]])
@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "are about one build: name it with --build-uuid"),
        (["--build-uuid", "b1", "--watch"], "take no --watch"),
        (["--build-uuid", "b1", "--top", "3"], "take no --watch, --top"),
        (["--build-uuid", "b1", "--context", "3"], "take no --watch"),
        (["--build-uuid", "b1", "--format", "csv"], "--format table, json or jsonl"),
    ],
)
def test_what_does_not_go_with_known_bugs_is_said(
    shelf: Shelf, capsys: pytest.CaptureFixture[str], asked: list[str], arguments: list[str], why: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--store", shelf.url, *arguments, *asked])
    assert 2 == ended.value.code
    assert why in capsys.readouterr().err
