from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from log_classify.report.files import write_json
from tests.log_classify.console import Ran
from tests.log_classify.report.reports import HOSTILE, entry, file, hostile, report, small

SHARED = "ERROR connection to the database was refused"


@pytest.fixture
def reports(folder: Path) -> Path:
    """Three reports: two share a line, one has nothing."""
    other = report(
        [file("other.log", [entry(3, SHARED), entry(9, "quite another matter")])], target="build-18"
    )
    write_json(small(), folder / "one.json")
    write_json(other, folder / "two.json")
    write_json(report([], target="build-19"), folder / "three.json")
    return folder


def test_a_report_becomes_a_page(run: Ran, reports: Path) -> None:
    assert (0, "", "") == run("report", "one.json", "--html", "page.html")
    assert "build-17/logs" in (reports / "page.html").read_text("utf-8")


def test_a_report_needs_a_page_to_write(run: Ran, reports: Path) -> None:
    code, _, err = run("report", "one.json")
    assert 2 == code
    assert "--html" in err


def test_a_report_is_never_written_over_one_that_is_read(run: Ran, reports: Path) -> None:
    before = (reports / "one.json").read_bytes()
    for command in (["report", "one.json"], ["similar", "two.json", "one.json"]):
        code, out, err = run(*command, "--html", "./one.json")
        assert (2, "") == (code, out)
        assert f"log-classify {command[0]}: --html one.json: would overwrite what is read: one.json\n" == err
    assert before == (reports / "one.json").read_bytes()


@pytest.mark.parametrize("command", [["report", "one.json"], ["similar", "one.json", "two.json"]])
def test_a_page_goes_where_a_file_can_be(run: Ran, reports: Path, command: list[str]) -> None:
    for name, why in (
        (str(reports), "it is a folder"),
        ("no/page.html", "there is no such folder"),
        ("-", "reports go to files; name one"),
    ):
        code, _, err = run(*command, "--html", name)
        assert 2 == code
        assert f"log-classify {command[0]}: --html {name}: cannot be written: {why}\n" == err
    assert not (reports / "no").exists()


def test_what_is_no_report_is_refused(run: Ran, folder: Path) -> None:
    (folder / "no.json").write_text("{}")
    code, out, err = run("report", "no.json", "--html", "page.html")
    assert (2, "") == (code, out)
    assert err.startswith("log-classify report: no.json: is no report of log-classify: it has no 'version'")
    assert not (folder / "page.html").exists()
    assert 2 == run("similar", "no.json", "none.json")[0]


def test_similar_prints_a_matrix_the_most_shared_first(run: Ran, reports: Path) -> None:
    code, out, err = run("similar", "one.json", "two.json", "three.json")
    assert (0, "") == (code, err)
    lines = out.splitlines()
    assert ["builds", "   1  build-17/logs  5 lines, 4 different, one.json"] == lines[:2]
    assert "in 2 of 3 builds: 1" in lines
    row = lines[lines.index("in 2 of 3 builds: 1") + 1]
    assert row.split() == ["2", "1", "·", "1.00", *SHARED.split(), "api/server.log:70"]
    assert "only in build 1: 3" in lines
    assert "only in build 2: 1" in lines
    assert "only in build 3" not in out


def test_similar_says_how_many_lines_of_one_build_it_left_out(run: Ran, folder: Path) -> None:
    words = ["one", "two", "three", "four", "five", "six", "seven"]
    write_json(
        report([file("a.log", [entry(at, word) for at, word in enumerate(words, 1)])]), folder / "a.json"
    )
    write_json(report([]), folder / "b.json")
    assert "and 2 more; --format json has all" in run("similar", "a.json", "b.json")[1]


def test_similar_as_json_has_every_place(run: Ran, reports: Path) -> None:
    _, out, _ = run("similar", "one.json", "two.json", "--format", "json")
    found = json.loads(out)
    assert 1 == found["version"]
    assert ["build-17/logs", "build-18"] == [build["target"] for build in found["builds"]]
    first, *others = found["anomalies"]
    assert SHARED == first["text"]
    assert [0, 1] == [build["build"] for build in first["builds"]]
    assert {"path": "other.log", "line": 3, "text": SHARED, "count": 1} == first["builds"][1]["places"][0]
    assert {1} == {len(anomaly["builds"]) for anomaly in others}


def test_similar_writes_a_page(run: Ran, reports: Path) -> None:
    code, out, _ = run("similar", "one.json", "two.json", "--html", "similar.html")
    assert 0 == code
    assert "in all 2 builds: 1" in out
    page = (reports / "similar.html").read_text("utf-8")
    assert "1 of 5 different lines that no passing build has are in more than one build" in page
    assert "script-src" not in page
    assert "<script" not in page


def test_similar_needs_two_builds(run: Ran, reports: Path) -> None:
    for names in (["one.json"], ["one.json", "one.json"]):
        code, _, err = run("similar", *names)
        assert 2 == code
        assert "one report shares nothing" in err


def test_similar_takes_a_threshold(run: Ran, folder: Path) -> None:
    for name, node in (("a", "alpha"), ("b", "gamma")):
        line = f"cannot mount the volume of node {node} in time because of a lock"
        write_json(report([file("a.log", [entry(1, line)])]), folder / f"{name}.json")
    assert "in all 2 builds: 1" in run("similar", "a.json", "b.json")[1]
    assert "in all" not in run("similar", "a.json", "b.json", "-t", "0")[1]
    assert "no report has a line" in run("similar", *[_empty(folder, name) for name in "xy"])[1]


def _empty(folder: Path, name: str) -> str:
    write_json(replace(report([]), target=name), folder / f"{name}.json")
    return f"{name}.json"


def test_hostile_text_steers_neither_the_terminal_nor_the_page(run: Ran, folder: Path) -> None:
    write_json(hostile(), folder / "one.json")
    write_json(hostile(), folder / "two.json")
    _, out, _ = run("similar", "one.json", "two.json", "--html", "similar.html")
    page = (folder / "similar.html").read_text("utf-8")
    for text in (HOSTILE["ansi"], HOSTILE["direction"], HOSTILE["nul"]):
        assert text not in out
        assert text not in page
    assert HOSTILE["script"] not in page
    assert "<img" not in page
    assert 1_000_000 > len(page)
