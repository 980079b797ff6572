from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
import yaml

from benchmarks.evaluation.backgrounds import DATA, LINES, backgrounds, write_cases
from benchmarks.evaluation.editing import Change, Edit, Edited
from benchmarks.evaluation.wording import inserted, untouched

GROUND = tuple(f"step {word} took 1.5 s" for word in ("one", "two", "three", "four", "five", "six", "seven"))
EDIT = Edit("word", "A Word!", inserted("all is well"), inserted("all is lost"), (inserted("all is fine"),))


def written(
    folder: Path, *edits: Edit, baselines: int = 1, seed: int = 1, ground: tuple[str, ...] = GROUND
) -> dict[str, dict[str, bytes]]:
    """Return the files of each case."""
    paths = write_cases(edits, folder, baselines=baselines, seed=seed, grounds=[ground])
    return {path.name: {file.name: file.read_bytes() for file in path.iterdir()} for path in paths}


def expected(files: dict[str, bytes]) -> dict[str, object]:
    found = yaml.safe_load(files["expected.yaml"])
    assert isinstance(found, dict)
    return found


def fault(change: Change) -> Edit:
    return Edit("word", "fault", untouched, change, ())


def texts(*found: str) -> Change:
    return lambda lines, _at, _rng: Edited(lines, found)


def test_a_case_is_written_for_the_fault_and_for_each_control(tmp_path: Path) -> None:
    cases = written(tmp_path / "odd", EDIT, baselines=2)
    assert {"word-a-word-fault", "word-a-word-control-1"} == set(cases)
    for files in cases.values():
        assert {"good1.log", "good2.log", "fail.log", "expected.yaml"} == set(files)
        assert {"set": "odd", "class": "word"}.items() <= expected(files).items()


def test_a_fault_is_the_line_as_it_stands_in_the_log(tmp_path: Path) -> None:
    files = written(tmp_path, EDIT)["word-a-word-fault"]
    (line,) = [line for line in files["fail.log"].decode().splitlines() if "all is lost" in line]
    assert line != "all is lost"
    assert [{"text": line}] == expected(files)["anomalies"]


def test_a_control_is_the_line_as_it_stands_and_without_its_stamp(tmp_path: Path) -> None:
    files = written(tmp_path, EDIT)["word-a-word-control-1"]
    (line,) = [line for line in files["fail.log"].decode().splitlines() if "all is fine" in line]
    assert [line, "all is fine"] == expected(files)["control"]


def test_the_cases_of_an_edit_share_their_passing_builds(tmp_path: Path) -> None:
    fault, control = written(tmp_path, EDIT, baselines=2).values()
    assert fault["good1.log"] == control["good1.log"] != fault["good2.log"] == control["good2.log"]
    assert b"all is well" in fault["good1.log"]
    assert fault["fail.log"] != control["fail.log"]


def test_the_same_seed_writes_the_same_and_another_does_not(tmp_path: Path) -> None:
    one, same, other = (
        written(tmp_path / str(i) / "set", EDIT, seed=seed) for i, seed in enumerate((1, 1, 2))
    )
    assert one == same != other


def test_an_edit_is_written_alike_whatever_the_others_are(tmp_path: Path) -> None:
    other = Edit("word", "other", untouched, inserted("lost"), (texts("step one"),))
    alone = written(tmp_path / "alone" / "set", EDIT)
    among = written(tmp_path / "among" / "set", other, EDIT)
    assert alone.items() <= among.items()
    assert 4 == len(among)


def test_an_edit_of_another_name_has_a_chance_of_its_own(tmp_path: Path) -> None:
    other = Edit(EDIT.kind, "other", EDIT.passing, EDIT.fault, ())
    cases = written(tmp_path, EDIT, other)
    assert cases["word-a-word-fault"]["good1.log"] != cases["word-other-fault"]["good1.log"]


def test_another_control_changes_no_other_case(tmp_path: Path) -> None:
    more = Edit(EDIT.kind, EDIT.name, EDIT.passing, EDIT.fault, (*EDIT.controls, inserted("all is good")))
    assert written(tmp_path / "a" / "set", EDIT).items() <= written(tmp_path / "b" / "set", more).items()


def test_the_edit_is_made_in_the_middle_half_and_at_one_place_in_all_builds(tmp_path: Path) -> None:
    places = set()
    for seed in range(10):
        files = written(tmp_path / str(seed), EDIT, baselines=2, seed=seed)["word-a-word-fault"]
        logs = [files[name].decode().splitlines() for name in ("good1.log", "good2.log", "fail.log")]
        (place,) = {next(i for i, line in enumerate(log) if "all is" in line) for log in logs}
        places.add(place)
    assert places <= set(range(1, 6))
    assert len(places) > 1


def test_every_other_passing_build_has_the_alternative(tmp_path: Path) -> None:
    edit = Edit("word", "some", inserted("option"), inserted("x"), (), alternate=untouched, baselines=2)
    assert {} == written(tmp_path / "one", edit, baselines=1)
    (files,) = written(tmp_path / "three", edit, baselines=3).values()
    assert [True, False, True] == [b"option" in files[f"good{number}.log"] for number in (1, 2, 3)]


def test_a_fault_that_stands_nowhere_is_a_missing_line(tmp_path: Path) -> None:
    (files,) = written(tmp_path, fault(texts("not there"))).values()
    assert [{"missing": "not there"}] == expected(files)["anomalies"]


@pytest.mark.parametrize("found", [("a", "b", "c"), ("a", "c"), ("c", "a"), ("a", "nowhere", "c")])
def test_a_fault_of_several_lines_is_the_run_that_holds_them(tmp_path: Path, found: tuple[str, ...]) -> None:
    (files,) = written(tmp_path, fault(texts(*found)), ground=("x", "a", "b", "c", "y")).values()
    log = files["fail.log"].decode().split("\n")
    assert [{"text": "\n".join(log[1:4])}] == expected(files)["anomalies"]


def test_equal_lines_stand_where_the_edit_was_made(tmp_path: Path) -> None:
    ground = ("same", *"abcdefgh", "same")

    def doubled(lines: list[str], at: int, _rng: Random) -> Edited:
        return Edited([*lines[:at], "same", "same", *lines[at:]], ("same", "same"))

    (files,) = written(tmp_path, fault(doubled), ground=ground).values()
    log = files["fail.log"].decode().split("\n")
    stand = [line for line in log if line.endswith("same")]
    assert 4 == len(stand)
    assert [{"text": "\n".join(stand[1:3])}] == expected(files)["anomalies"]


@pytest.mark.parametrize(
    ("found", "message"),
    [((), "the fault of 'fault' names no line"), (("one", "two"), "the fault of 'fault' takes out 2 lines")],
)
def test_a_fault_that_cannot_be_expected_is_an_error(
    tmp_path: Path, found: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        written(tmp_path, fault(texts(*found)))


def test_a_control_that_names_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the control-1 of 'x' names no line"):
        written(tmp_path, Edit("word", "x", untouched, None, (untouched,)))


def test_two_cases_of_one_name_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError, match="word-a-word"):
        written(tmp_path, EDIT, EDIT)


def test_lines_are_expected_as_they_are_read_and_written_as_they_were(tmp_path: Path) -> None:
    line = "\x1b[31mcaf\N{REPLACEMENT CHARACTER}\x1b[0m 10%\r20%"
    (files,) = written(tmp_path, fault(inserted(line))).values()
    assert b"\x1b[31mcaf\xff\x1b[0m 10%\r20%\n" in files["fail.log"]
    (anomaly,) = yaml.safe_load(files["expected.yaml"])["anomalies"]
    assert anomaly["text"].endswith("caf\N{REPLACEMENT CHARACTER} 10%\r20%")


def test_a_log_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"console\.good is not there; put the data sets into"):
        backgrounds(tmp_path)


def test_backgrounds_are_logs_of_one_length_without_stamps() -> None:
    if not DATA.is_dir():
        pytest.skip("the real logs are not beside the checkout")
    found = backgrounds()
    assert [LINES] * 4 == [len(ground) for ground in found]
    assert not any(line.startswith("20") and line[4:5] == "-" for ground in found for line in ground)
