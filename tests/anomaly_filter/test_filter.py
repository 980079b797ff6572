from __future__ import annotations

import math
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

import anomaly_filter
from anomaly_filter import (
    DEFAULT_THRESHOLD,
    AnomalyFilter,
    Explanation,
    Fallback,
    Line,
    Model,
    ModelStore,
    ScoredLine,
    SegmentBuilder,
    Tokenizer,
    model_name,
)
from tests.anomaly_filter.builds import learnt, word

NOW = datetime(2024, 6, 1, 12, tzinfo=timezone.utc)
FIELDS = {"project": "p", "build_name": "j", "build_branch": "b", "filename": "job.log", "build_uuid": "b9"}


def model(*texts: str) -> Model:
    return Model([learnt(*texts)])


def score(text: str, *baseline: str, threshold: float = DEFAULT_THRESHOLD) -> ScoredLine:
    (scored,) = AnomalyFilter(model(*baseline), threshold=threshold).scored([Line(1, text)])
    return scored


def test_a_line_is_scored_with_its_nearest_and_how_many_builds_have_it() -> None:
    scored = score("compiling four files", "compiling three files", "linking")
    assert (1, "compiling four files") == (scored.number, scored.text)
    assert math.isclose(1 / 3, scored.distance or 0)
    assert ("compiling three files", 1, ("novel",)) == (scored.nearest, scored.seen_in, scored.reasons)
    assert (True, False, 16) == (scored.shown, scored.truncated, len(scored.fingerprint or ""))


def test_a_known_line_has_the_distance_0_and_no_fingerprint() -> None:
    scored = score("12:00 compiling 35 files", "13:00 compiling 31 files")
    assert (0.0, "13:00 compiling 31 files", (), None, False) == (
        scored.distance,
        scored.nearest,
        scored.reasons,
        scored.fingerprint,
        scored.shown,
    )


def test_a_line_like_nothing_has_the_distance_1_and_no_nearest() -> None:
    scored = score("quota of space", "compiling")
    assert (1.0, None, 0, ("novel",)) == (scored.distance, scored.nearest, scored.seen_in, scored.reasons)


def test_a_line_without_tokens_is_never_novel() -> None:
    for threshold in (0, 0.5, 1):
        scored = score("12:00:01 --", "compiling", threshold=threshold)
        assert (0.0, (), None) == (scored.distance, scored.reasons, scored.nearest)


@pytest.mark.parametrize(
    ("threshold", "novel"),
    [
        (0, ["known", "quarter", "new"]),
        (0.25, ["quarter", "new"]),
        (0.2500001, ["new"]),
        (1, ["new"]),
    ],
)
def test_a_line_is_novel_from_the_threshold_on(threshold: float, novel: list[str]) -> None:
    texts = {"known": "alpha beta gamma delta", "quarter": "alpha beta gamma omega", "new": "no space left"}
    scored = {name: score(text, texts["known"], threshold=threshold) for name, text in texts.items()}
    assert [0.0, 0.25, 1.0] == [line.distance for line in scored.values()]
    assert novel == [name for name, line in scored.items() if line.shown]


@pytest.mark.parametrize("threshold", [-0.1, 1.1, math.nan, math.inf])
def test_a_threshold_out_of_range_is_refused(threshold: float) -> None:
    with pytest.raises(ValueError, match=r"threshold: expected a distance in 0\.\.1"):
        AnomalyFilter(None, threshold=threshold)


def test_without_a_model_lines_have_no_distance_and_secrets_are_masked_all_the_same() -> None:
    (scored,) = AnomalyFilter(None).scored([Line(3, "password=hunter2")])
    assert (3, "password=***", None, None, None) == (
        scored.number,
        scored.text,
        scored.distance,
        scored.nearest,
        scored.seen_in,
    )
    assert ((), None) == (scored.reasons, scored.fingerprint)


def test_a_line_of_parts_has_the_distance_of_its_farthest() -> None:
    scored = score(r"one step\nno space left\ntwo step", "one step", "two step")
    assert (1.0, r"one step\nno space left\ntwo step") == (scored.distance, scored.text)
    assert score("no space left", "one").fingerprint == scored.fingerprint


def test_a_line_whose_parts_are_known_is_known() -> None:
    assert 0.0 == score(r"two step\none step", "one step", "two step").distance


def test_a_line_without_parts_is_known() -> None:
    assert 0.0 == score(r"\n", "one step").distance


def test_a_fingerprint_stands_for_tokens_alone() -> None:
    same = {
        score(text, "x").fingerprint for text in ("12:00 no space left", "left: no space", "no\tspace left 9")
    }
    assert 1 == len(same)
    assert {score("no space", "x").fingerprint} != same


# ---- one line at a time ----

LINES = (
    "12:00:02 compiling 35 files",
    "compiling four files",
    "no space left",
    "",
    "12:00:01 --",
    r"compiling 1 file\nno space left\ncompiling files",
    r"\n",
    "at 20 %\rcompiling 31 files\r",
    "unpacking\tsources",
    "password=hunter2 compiling files",
    "0 of 31 tests failed",
    "Übersetzung fehlgeschlagen: 35 files",
    "compiling " * 5000,
)


@pytest.mark.parametrize("text", LINES)
def test_a_line_that_comes_alone_has_the_distance_that_a_scan_gives_it(text: str) -> None:
    known = model("compiling 31 files", "unpacking sources", "2 of 31 tests failed")
    for trained in (known, None):
        (scored,) = AnomalyFilter(trained).scored([Line(1, text)])
        assert scored.distance == AnomalyFilter(trained).distance(text)


def test_the_distance_of_a_line_does_not_depend_on_those_asked_for_before() -> None:
    known = model("compiling 31 files", "unpacking sources", "2 of 31 tests failed")
    filter_ = AnomalyFilter(known)
    once = [filter_.distance(text) for text in LINES]
    assert once == [filter_.distance(text) for text in LINES]
    assert once == [AnomalyFilter(known).distance(text) for text in LINES]


# ---- secrets ----

SECRET = "login with password={} at https://bob:{}@host/"


def test_secrets_are_masked_in_the_text_and_in_the_nearest() -> None:
    scored = score(SECRET.format("new1", "new2") + " failed", SECRET.format("old1", "old2"))
    assert SECRET.format("***", "***") + " failed" == scored.text
    assert SECRET.format("***", "***") == scored.nearest


def test_a_line_is_known_when_only_its_secret_differs() -> None:
    assert 0.0 == score(SECRET.format("new1", "x"), SECRET.format("hunter", "correct-horse")).distance


def test_secrets_in_parts_are_masked() -> None:
    scored = score("one\\npassword=hunter2\rtwo", "one")
    assert "one\\npassword=***\rtwo" == scored.text


# ---- why ----

WORDS = " ".join(map(word, range(9)))
OTHER = " ".join([*WORDS.split()[:-1], "zap"])


def explain(text: str, *baseline: str) -> Explanation:
    return AnomalyFilter(model(*baseline)).explain(text)


def test_an_explanation_has_the_words_that_differ_from_the_nearest_line() -> None:
    found = explain("compiling four files", "compiling three files", "linking")
    assert (score("compiling four files", "compiling three files", "linking")) == found.line
    assert ["four", "three"] == [*found.new, *found.gone]
    assert {"compiling", "files"} == found.tokens & found.nearest_tokens


def test_an_explanation_has_a_sentence_for_each_reason() -> None:
    found = explain("ran 3 tests here and there, and one failed", "ran 100 tests")
    assert ["novel", "error"] == [reason for reason, _ in found.notes] == [*found.line.reasons]
    assert {"number"} == {reason for reason, _ in explain("ran 3 tests", "ran 100 tests").notes}
    assert all(sentence for _, sentence in found.notes)


def test_a_known_line_needs_no_explanation() -> None:
    found = explain("compiling", "compiling")
    assert ((), frozenset(), frozenset()) == (found.notes, found.new, found.gone)
    assert ((), frozenset()) == (explain("", "compiling").notes, explain("", "compiling").tokens)


def test_a_line_that_is_like_none_has_no_nearest_tokens() -> None:
    found = explain("zap", "compiling")
    assert ["zap"] == [*found.new, *found.nearest_tokens]


def test_without_a_model_the_pattern_of_failure_explains() -> None:
    found = AnomalyFilter(None).explain("it failed")
    assert (None, ["error"]) == (found.line.distance, [reason for reason, _ in found.notes])


@pytest.mark.parametrize(
    "parts", [(f"{WORDS} failed", "one two three four zap"), ("one two three four zap", f"{WORDS} failed")]
)
def test_an_explanation_of_a_line_of_parts_is_about_the_part_that_has_the_nearest_line(
    parts: tuple[str, str],
) -> None:
    baseline = (WORDS, "one two three four five")
    found = explain(r"\n".join(parts), *baseline)
    assert found.line.nearest is not None
    assert found.nearest_tokens == Tokenizer().tokens(found.line.nearest)
    assert found.tokens in [Tokenizer().tokens(part) for part in parts]
    assert len(found.tokens & found.nearest_tokens) >= 4
    assert ["error"] == [reason for reason, _ in found.notes]


def test_an_explanation_holds_no_secret() -> None:
    secret = "login with password={0}.example.com at http://{0}.example.com/x"
    usual = [secret.format("usual")] * 9
    both = Model([learnt(*usual, build="b1"), learnt(*usual, build="b2")])
    assert "hunter" not in repr(
        AnomalyFilter(both).explain("login with password=hunter.example.com at http://usual.example.com/x")
    )


# ---- the other doors ----


def test_distances_are_an_array_of_float32() -> None:
    found = AnomalyFilter(model("alpha beta")).distances(["alpha beta", "beta", "", "gamma"])
    assert ((4,), "float32") == (found.shape, found.dtype.name)
    assert [0.0, 0.2929, 0.0, 1.0] == [round(float(distance), 4) for distance in found]


def test_distances_without_a_model_are_nan() -> None:
    assert all(math.isnan(distance) for distance in AnomalyFilter(None).distances(["alpha", ""]))
    assert (0,) == AnomalyFilter(None).distances([]).shape


def stored(root: Path, **fields: str) -> ModelStore:
    store = ModelStore(root)
    builder = SegmentBuilder(fields.get("build_uuid", "b1"), "job.log")
    builder.learn([Line(1, "all went well")])
    store.learn(model_name({**FIELDS, **fields}), builder.segment(), built_at=NOW, now=NOW)
    return store


def test_a_filter_comes_from_a_store_by_the_fields_of_a_build(tmp_path: Path) -> None:
    found = AnomalyFilter.from_store(stored(tmp_path, build_uuid="b1"), FIELDS, threshold=0.5)
    assert found.model is not None
    assert (("b1",), 0.5) == (found.model.builds, found.threshold)


def test_a_filter_from_a_store_leaves_the_own_build_out(tmp_path: Path) -> None:
    assert AnomalyFilter.from_store(stored(tmp_path, build_uuid="b9"), FIELDS).model is None


def test_a_filter_from_a_store_falls_back_as_told(tmp_path: Path) -> None:
    store = stored(tmp_path, build_uuid="b1", build_branch="other")
    model = AnomalyFilter.from_store(store, FIELDS).model
    assert model is not None
    assert ("b1",) == model.builds
    assert AnomalyFilter.from_store(store, FIELDS, fallback=()).model is None
    assert AnomalyFilter.from_store(store, FIELDS, fallback=[Fallback.BRANCH]).model is not None


def test_importing_the_package_and_scoring_imports_neither_numpy_nor_scikit_learn() -> None:
    modules = sorted(path.stem for path in Path(anomaly_filter.__file__).parent.glob("*.py"))
    modules.remove("estimator")
    program = f"""
import sys, importlib
for name in {modules}: importlib.import_module("anomaly_filter" if name == "__init__" else f"anomaly_filter.{{name}}")
from anomaly_filter import AnomalyFilter, Model, SegmentBuilder, lines
builder = SegmentBuilder("b1", "job.log")
builder.learn(lines([b"alpha"]))
assert [0.0] == [line.distance for line in AnomalyFilter(Model([builder.segment()])).scored(lines([b"alpha"]))]
print(sorted({{name.partition(".")[0] for name in sys.modules}} & {{"numpy", "sklearn", "scipy", "logging", "socket"}}))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "[]\n" == done.stdout
