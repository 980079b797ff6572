"""elastic-recheck's queries on real clusters."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from log_processor.document import FileDocument, LineDocument, LogFile
from log_processor.query.cli import main
from log_processor.query.known import KnownBug, Recognition, known_bug, load, recognise
from log_processor.query.suggest import suggestion
from log_processor.stores.line_search import LineSearch, Place, line_id
from log_processor.stores.opening import open_store
from log_processor.stores.settings import StoreSettings
from tests.log_processor.documents import a_document, a_file, a_line, no_reject
from tests.services.indices import own_indices
from tests.services.recheck_samples import DATA, Recorded, needs_data, recorded

_NAMESAKES = {
    "1191960": ("1225664", 1),
    "1211915": ("1217734", 8),
    "1217734": ("1191960", 144),
    "1218391": ("1229475", 50),
    "1224001": ("1235486", 101),
    "1230407": ("1224001", 251),
    "1235435": ("1235437", 11),
    "1235437": ("1239637", 90),
    "1235486": ("1232748", 37),
    "1239637": ("1239856", 26),
    "1240256": ("1226337", 229),
}
"""The sample that holds what each unit query finds, and its size; the numbers in the names were given in another order.

Seven unit queries have no sample, and two samples (1218391, 1240256) have no query.
"""


@pytest.fixture
def settings(cluster: str) -> Iterator[StoreSettings]:
    with own_indices(cluster) as settings:
        yield settings


def stored(
    settings: StoreSettings, files: Sequence[tuple[LogFile, list[LineDocument]]]
) -> list[FileDocument]:
    """Store files of lines, and a document of each file."""
    documents = []
    with closing(open_store(settings)) as store:
        store.prepare()
        for file, lines in files:
            store.write(file, lines, no_reject)
            far, shown = sum(bool(line.reasons) for line in lines), sum(line.shown for line in lines)
            document = replace(
                a_document(file),
                lines_read=len(lines),
                lines_far=far,
                lines_shown=shown,
                findings=(),
                build_files=None,
            )
            store.put_file(document)
            documents.append(document)
    return documents


def recognised(
    settings: StoreSettings, files: Sequence[tuple[LogFile, list[LineDocument]]], bugs: Sequence[KnownBug]
) -> Recognition:
    with closing(LineSearch(settings, [file for file, _ in files])) as search:
        return recognise(
            search, [line_id(file, line.number) for file, lines in files for line in lines], bugs
        )


# ---- what elastic-recheck recorded ---------------------------------------------------------------------


@needs_data
def test_each_unit_query_finds_what_was_recorded_and_nothing_else(settings: StoreSettings) -> None:
    samples = [*recorded()]
    assert (13, 1063) == (len(samples), sum(sample.lines for sample in samples))
    stored(settings, [file for sample in samples for file in sample.files])
    bugs, _ = load(DATA / "unit" / "queries")
    found: dict[str, tuple[str, int]] = {}
    for sample in samples:
        seen = recognised(settings, sample.files, bugs)
        assert () == seen.problems
        for bug in seen.bugs:
            assert bug.lines == bug.far_lines == len(seen.explained)
            found[bug.known.bug] = (sample.name, bug.lines)
    assert found == _NAMESAKES
    assert {sample.name: sample.lines for sample in samples}.items() >= {*_NAMESAKES.values()}


@needs_data
def test_all_of_elastic_rechecks_queries_can_be_run(settings: StoreSettings) -> None:
    file = replace(_CONSOLE, fields={"build_queue": "gate"})
    lines = [a_line(1, "Requirement a does not match openstack/requirements value b", 1.0, ("novel",))]
    stored(settings, [(file, lines)])
    found = recognised(settings, [(file, lines)], load(DATA / "queries")[0])
    assert () == found.problems
    assert ["1410969"] == [bug.known.bug for bug in found.bugs]


@needs_data
def test_a_suggestion_finds_its_line_and_mostly_all_lines_of_the_same_bug(settings: StoreSettings) -> None:
    samples = [*recorded()]
    stored(settings, [file for sample in samples for file in sample.files])
    shares = []
    for sample in samples:
        shares += [_share(settings, sample, file, lines[0]) for file, lines in sample.files]
    # Of the other five the rest of the line differs too: another SQL statement, another caller.
    assert (17, 12) == (len(shares), shares.count(1.0))


def _share(settings: StoreSettings, sample: Recorded, file: LogFile, line: LineDocument) -> float:
    """Return the share of the file's recorded lines that the suggestion for one of them finds."""
    bug = known_bug("1", suggestion(a_document(file), line))
    seen = recognised(settings, sample.files, [bug])
    assert line_id(file, line.number) in seen.explained
    of_the_file = [lines for other, lines in sample.files if other.filename == file.filename]
    return sum(place.lines for place in seen.bugs[0].places if place.filename == file.filename) / len(
        of_the_file[0]
    )


# ---- the command ---------------------------------------------------------------------------------------

_CONSOLE = replace(a_file("job-output.txt"), tags=("job-output.txt", "console"))
_SERVICE = a_file("controller/logs/screen-n-cpu.txt")
_FILES = [
    (
        _CONSOLE,
        [
            a_line(1, "Kernel is fine"),
            a_line(2, "Kernel panic - not syncing: timer doesn't work", 1.0, ("novel",)),
            a_line(3, "rebooting", 0.8, ("novel",), group=2),
            a_line(4, "volume 7f3a0c1d failed to reach available status", 0.9, ("novel", "error"))._replace(
                fingerprint="beef"
            ),
            a_line(5, "Kernel panic - not syncing: timer doesn't work", 0.0),
            a_line(6, "{0} tests.TestVolume.test_attach [1.2s] ... FAILED"),
        ],
    ),
    (_SERVICE, [a_line(1, "nova.compute.manager gave up", 0.7, ("novel",))]),
]  # fmt: skip
_PANIC = 'query: >-\n  message:"Kernel panic" AND\n  message:"timer doesn\'t work" AND\n  tags:"console"\n'


@pytest.fixture
def store(settings: StoreSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A stored build, and a configuration that names its indices; the arguments that ask about it."""
    stored(settings, _FILES)
    config = tmp_path / "config.yaml"
    config.write_text(
        f"store:\n  url: {settings.url}\n  index_prefix: {settings.index_prefix}\n  files_index: {settings.files_index}\n"
    )
    monkeypatch.chdir(tmp_path)
    return ["-c", str(config), "--build-uuid", _CONSOLE.build_uuid]


def queries(folder: Path, **texts: str) -> str:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text)
    return str(folder)


def test_known_bugs_and_what_is_left_are_said(
    store: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = queries(tmp_path / "q", **{"1737039": _PANIC, "5": 'query: message:"never printed"'})
    assert 0 == main([*store, "--known", known])
    said = capsys.readouterr()
    assert "" == said.err
    assert (
        f"build {_CONSOLE.build_uuid}: 1 of 2 known bugs\n"
        "\n"
        "1737039  2 lines, 1 of them far  https://bugs.launchpad.net/bugs/1737039\n"
        "    job-output.txt: 2 lines from 2 on\n"
        "\n"
        "far lines that no query explains\n"
        "\n"
        "job-output.txt\n"
        " 0.90       4  beef  volume 7f3a0c1d failed to reach available status\n"
        "\n"
        "controller/logs/screen-n-cpu.txt\n"
        " 0.70       1  c0ffee  nova.compute.manager gave up\n"
    ) == said.out


def test_all_is_said_in_json_too(
    store: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = queries(tmp_path / "q", **{"1737039": _PANIC, "6": "query: ["})
    assert 2 == main([*store, "--known", known, "--format", "jsonl"])
    rows = [json.loads(row) for row in capsys.readouterr().out.splitlines()]
    assert ["build", "known", "unexplained", "unexplained", "wrong_query"] == [row["type"] for row in rows]
    assert {
        "type": "known",
        "bug": "1737039",
        "link": "https://bugs.launchpad.net/bugs/1737039",
        "lines": 2,
        "far_lines": 1,
        "places": [{"file": "job-output.txt", "lines": 2, "first": 2}],
    } == rows[1]
    assert ("job-output.txt", 4, "beef", 1) == tuple(
        rows[2][key] for key in ("file", "line", "fingerprint", "lines")
    )
    assert 2 == main([*store, "--known", known, "--format", "json"])
    whole = json.loads(capsys.readouterr().out)
    assert rows[1:] == [*whole["known"], *whole["unexplained"], *whole["wrong_queries"]]


def test_only_the_files_asked_about_count(
    store: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = queries(tmp_path / "q", **{"1737039": _PANIC})
    assert 0 == main([*store, "--known", known, "--file", "controller/*"])
    out = capsys.readouterr().out
    assert ": 0 of 1 known bug\n" in out
    assert "job-output" not in out
    assert 0 == main([*store, "--known", known, "--threshold", "0.95"])
    assert "beef" in capsys.readouterr().out  # an error is far at any distance
    assert 1 == main([*store, "--known", known, "--fail-on-anomaly"])


def test_when_queries_explain_all_this_is_said(
    store: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = queries(
        tmp_path / "q",
        **{"1": _PANIC, "2": "query: message:volume", "3": 'query: module:"nova.compute.manager"'},
    )
    assert 0 == main([*store, "--known", known])
    assert "\nno far line is left to explain\n" in capsys.readouterr().out
    assert 5 == main([*store, "--known", known, "--suggest"])
    assert (
        "anomaly-query: --suggest: the build has no far line that is left to explain\n"
        == capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("test", "known"), [("tests.TestVolume.test_attach", 1), ("tests.TestVolume.test_detach", 0)]
)
def test_a_query_with_tests_counts_where_one_of_them_failed(
    settings: StoreSettings, test: str, known: int
) -> None:
    stored(settings, _FILES)
    bug = KnownBug("1", "message:panic", ("tests.TestVolume.test_none", test))
    assert known == len(recognised(settings, _FILES, [bug]).bugs)


def test_another_build_is_not_searched(settings: StoreSettings) -> None:
    stored(settings, _FILES)
    stored(settings, [(replace(_CONSOLE, build_uuid="other"), [a_line(1, "only here", 1.0, ("novel",))])])
    assert () == recognised(settings, _FILES, [KnownBug("1", 'message:"only here"')]).bugs


def test_a_build_that_has_no_line_yet_has_no_known_bug(settings: StoreSettings) -> None:
    found = recognised(settings, [(_CONSOLE, [a_line(1)])], [KnownBug("1", "message:a")])
    assert ((), frozenset(), ()) == found


def test_more_lines_than_a_page_are_explained(settings: StoreSettings) -> None:
    lines = [a_line(number, f"panic {number}", 0.9, ("novel",)) for number in range(1, 2502)]
    stored(settings, [(_CONSOLE, lines)])
    found = recognised(settings, [(_CONSOLE, lines)], [KnownBug("1", "panic")])
    assert 2501 == len(found.explained)
    assert (Place("job-output.txt", 2501, 1),) == found.bugs[0].places


# ---- query files that are wrong ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ('message:"unbalanced', "Lexical error at line 1"),
        ("message:(a", 'Encountered "<EOF>"'),
        ("message:*a*", "not allowed as first character"),
        ("log.line:abc", 'For input string: "abc"'),
        ("@timestamp:yesterday", "failed to parse date field [yesterday]"),
    ],
)  # fmt: skip
def test_a_query_that_cannot_be_run_is_named_and_the_others_are_run(
    settings: StoreSettings, query: str, why: str
) -> None:
    stored(settings, _FILES)
    found = recognised(
        settings, _FILES, [KnownBug("1", "panic"), KnownBug("2", query), KnownBug("3", "volume")]
    )
    assert ["1", "3"] == sorted(bug.known.bug for bug in found.bugs)
    (problem,) = found.problems
    assert problem.startswith("2.yaml: ")
    assert why in problem
    assert "\n" not in problem
    assert len(problem) < 250


@pytest.mark.parametrize(
    "query",
    [
        "a?*b?*c?*" * 300,
        " ".join(f"{letter}*" for letter in "abcdefghijklmnopqrstuvwxyz") * 30,
        " OR ".join(f"w{number}" for number in range(480)),
        "a~ b~ c~ " * 200,
        "(" * 30 + "a" + ")" * 30,
        '"a b"~2147483647',
        "NOT " * 900 + "a",
        "\\",
        "\u0000",
        "\U0001f4a5*",
    ],
)
def test_whatever_a_query_is_the_cluster_answers_and_runs_the_next_one(
    settings: StoreSettings, query: str
) -> None:
    stored(settings, _FILES)
    found = recognised(
        settings, _FILES, [known_bug("1", json.dumps({"query": query})), KnownBug("2", "panic")]
    )
    assert "2" in [bug.known.bug for bug in found.bugs]


def test_wrong_files_are_named_on_the_error_output_and_by_the_exit_status(
    store: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = queries(
        tmp_path / "q",
        **{
            "1": "query: [",
            "2": 'query: message:"a',
            "3": 'query: nothing:"a" OR error_pr:1',
            "1737039": _PANIC,
        },
    )
    assert 2 == main([*store, "--known", known])
    said = capsys.readouterr()
    assert "\n1737039  2 lines" in said.out
    fields, other, yaml, parser = said.err.splitlines()
    assert (
        "anomaly-query: 3.yaml: asks for the field nothing, by which nothing is found: our lines have none"
        == fields
    )
    assert "the field error_pr" in other
    assert yaml.startswith(f"anomaly-query: {known}/1.yaml: not YAML: ")
    assert parser.startswith("anomaly-query: 2.yaml: ")


# ---- suggestions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [([], "Kernel panic - not syncing: timer doesn't work"), (["beef"], "failed to reach available status")],
)
def test_a_query_file_is_suggested_and_explains_its_line(
    store: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], phrase: str
) -> None:
    assert 0 == main([*store, "--suggest", *arguments])
    text = capsys.readouterr().out
    assert f'  message:"{phrase}" AND\n  tags:"console"\n' in text
    known = queries(tmp_path / "q", **{"7": text})
    assert 0 == main([*store, "--known", known])
    out = capsys.readouterr().out
    assert ": 1 of 1 known bug\n" in out
    assert phrase not in out


def test_what_a_query_explains_needs_no_suggestion(
    store: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = queries(tmp_path / "q", **{"7": "query: volume"})
    assert 0 == main([*store, "--suggest", "beef"])
    assert 5 == main([*store, "--known", known, "--suggest", "beef"])
    assert 5 == main([*store, "--suggest", "nosuch"])
    assert (
        "anomaly-query: --suggest: the build has no far line of the fingerprint beef that is left to explain\n"
        "anomaly-query: --suggest: the build has no far line of the fingerprint nosuch that is left to explain\n"
    ) == capsys.readouterr().err


def test_a_suggestion_finds_the_same_bug_in_another_build(settings: StoreSettings) -> None:
    here = a_line(4, "volume 7f3a0c1d failed to reach available status (400 s)", 0.9, ("novel",))
    there = a_line(9, "Volume 9b2e44aa-0c1d failed to reach available status (196 s)", 0.9, ("novel",))
    other = a_line(10, "volume 9b2e44aa-0c1d reached available status (196 s)", 0.9, ("novel",))
    bug = known_bug("1", suggestion(a_document(_CONSOLE), here))
    files = [(replace(_CONSOLE, build_uuid="there"), [there, other])]
    stored(settings, files)
    assert {line_id(files[0][0], 9)} == recognised(settings, files, [bug]).explained
