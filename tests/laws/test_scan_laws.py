"""What holds of every judged log, whatever it and the baselines hold."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_filter import (
    FINDINGS,
    REASONS,
    AnomalyFilter,
    Finding,
    Line,
    Model,
    ScoredLine,
    Segment,
    SegmentBuilder,
    Tokenizer,
    lines,
)
from anomaly_filter.checks import brute_force
from anomaly_filter.lines import parts
from anomaly_filter.scored import LEAST, NEAR, SHARE
from anomaly_filter.secrets import mask_secrets
from tests import logs
from tests.anomaly_filter.builds import learnt, numbered, step

Log = list[str]
Case = tuple[list[Log], Log]

_count = st.sampled_from(["0", "1", "3", "99", "100", "204", "404", "12345", "1700000000000", "-9", "3.11.4"])
_templates = st.sampled_from(
    [
        "ran {} tests",
        "{} errors in {} files",
        "exit code {}",
        "rc={} of the job",
        "{}/{} pods ready",
        "copied {}%",
        "GET /x {} {}",
        "python v{}",
        "12:{}:{} waiting",
        "2024-06-01T12:00:{} done",
        "from http://{}.example.com/x",
        "login password=x{}",
        "    at org.zap.Zip({}.java:{})",
        'File "zap.py", line {}',
        "job\tstep\t2024-06-01T12:00:00Z ran {} tests",
        "web_1  | ran {} tests",
        "HEAD is now at 1a2b3c4 {}",
        "Run with --info option to get more {}",
        "mail to a.b@example.com {}",
        r"one\nran {} tests",
        "\r{}%\r{}% failed",
        "{} -- {}",
    ]
)
_steps = st.integers(0, 12).map(step)
_edited = st.builds(
    lambda text, word: " ".join([*text.split()[:-1], word]),
    _steps,
    st.sampled_from(["zap", "failed", "zip", "no", ""]),
)
_texts = _steps | _edited | _templates | logs.texts


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Passing builds and another one, of few kinds of lines: so they often have the same, or nearly."""
    kinds = draw(st.lists(_texts, min_size=1, max_size=8))
    timed = draw(st.booleans())
    line = st.tuples(st.sampled_from(kinds), _count, _count, st.sampled_from([0, 0, 0, 1, 20, 90, 400]))
    log = st.lists(line, max_size=30).map(lambda lines: [*_log(lines, timed=timed)])
    return draw(st.lists(log, min_size=1, max_size=4)), draw(log)


def _log(lines: Sequence[tuple[str, str, str, int]], *, timed: bool) -> Iterator[str]:
    seconds = 0
    for text, one, other, silence in lines:
        seconds += silence
        time = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02} " if timed else ""
        yield time + (text.format(one, other) if "{}" in text else text)


_logs = cases().map(lambda case: case[1])

laws = settings(deadline=None, max_examples=50)


def segments(builds: Sequence[Log]) -> list[Segment]:
    return [learnt(*texts, build=f"b{number}") for number, texts in enumerate(builds)]


def judged(
    model: Model | None, target: Sequence[str], *, tokenizer: Tokenizer | None = None
) -> tuple[list[ScoredLine], tuple[Finding, ...], frozenset[int] | None]:
    found = AnomalyFilter(model, tokenizer=tokenizer).scored(numbered(target))
    return list(found), found.findings, found.worst


# ---- what nothing depends on ----


@given(cases(), st.integers(1, 50))
@laws
def test_any_chunks_give_the_same(case: Case, size: int) -> None:
    builds, target = case
    data = "\n".join(target).encode()
    filtering = AnomalyFilter(Model(segments(builds)))
    chunks = [data[start : start + size] for start in range(0, len(data), size)]
    whole, cut = filtering.scored(lines([data])), filtering.scored(lines(chunks))
    assert list(whole) == list(cut)
    assert (whole.findings, whole.worst) == (cut.findings, cut.worst)


@given(cases(), st.randoms(use_true_random=False))
@laws
def test_the_order_of_baselines_changes_nothing(case: Case, random: object) -> None:
    builds, target = case
    learned = segments(builds)
    shuffled = list(learned)
    random.shuffle(shuffled)  # type: ignore[attr-defined] # hypothesis gives a random.Random
    assert judged(Model(learned), target) == judged(Model(shuffled), target)


@given(cases(), _logs)
@laws
def test_what_a_tokenizer_remembers_changes_nothing(case: Case, before: Log) -> None:
    builds, target = case
    small, warm = Tokenizer(memo_size=3), Tokenizer()
    for text in (*before, *target[::-1]):
        warm.tokens(text)
    model = Model(segments(builds))
    expected = judged(model, target)
    assert expected == judged(model, target, tokenizer=small)
    assert expected == judged(model, target, tokenizer=warm)


@given(cases(), _logs)
@laws
def test_what_a_filter_judged_before_changes_nothing(case: Case, before: Log) -> None:
    builds, target = case
    model = Model(segments(builds))
    filtering = AnomalyFilter(model)
    list(filtering.scored(numbered(before)))
    again = filtering.scored(numbered(target))
    assert judged(model, target) == (list(again), again.findings, again.worst)


@given(_logs)
@laws
def test_what_a_tokenizer_remembers_changes_no_segment(texts: Log) -> None:
    builder = SegmentBuilder("b0", "job.log", Tokenizer(memo_size=3))
    builder.learn(numbered(texts))
    assert learnt(*texts, build="b0") == builder.segment()


@given(cases())
@laws
def test_a_segment_that_went_through_a_file_judges_the_same(case: Case) -> None:
    builds, target = case
    learned = segments(builds)
    read = [Segment.decode(segment.encode(), Tokenizer()) for segment in learned]
    assert learned == read
    assert judged(Model(learned), target) == judged(Model(read), target)


# ---- distances ----


@given(cases(), st.floats(0, 1), st.frozensets(st.integers(1, 25)))
@laws
def test_distances_are_exact_whatever_is_asked_for(
    case: Case, threshold: float, only: frozenset[int]
) -> None:
    builds, target = case
    model = Model(segments(builds))
    expected = brute_force(builds, target)
    for each in (
        AnomalyFilter(model).scored(numbered(target)),
        AnomalyFilter(model, threshold=threshold).scored(numbered(target), only=only),
    ):
        assert expected == pytest.approx([line.distance for line in each], abs=1e-9)


@given(cases())
@laws
def test_what_is_said_of_a_line_alone_depends_on_no_other_line(case: Case) -> None:
    builds, target = case
    model = Model(segments(builds))
    filtering = AnomalyFilter(model)
    for line, text in zip(judged(model, target)[0], target, strict=True):
        (alone,) = filtering.scored(numbered([text]))
        assert (alone.distance, alone.nearest, alone.seen_in, alone.fingerprint, alone.text) == (
            line.distance,
            line.nearest,
            line.seen_in,
            line.fingerprint,
            line.text,
        )
        assert alone.reasons == tuple(reason for reason in line.reasons if reason != "block")


@given(cases())
@laws
def test_an_explanation_says_what_the_line_is_given(case: Case) -> None:
    builds, target = case
    filtering = AnomalyFilter(Model(segments(builds)))
    for text in target:
        found = filtering.explain(text)
        (line,) = filtering.scored(numbered([text]))
        assert line == found.line
        assert {*line.reasons} == {reason for reason, _ in found.notes}
        sub_lines = [*parts(Line(1, text))]
        assert found.tokens in [Tokenizer().tokens(mask_secrets(part)) for part in sub_lines or [""]]
        assert found.nearest_tokens == Tokenizer().tokens(line.nearest or "")


# ---- scores ----


@given(cases())
@laws
def test_a_score_is_the_largest_share_of_the_distances_nearby(case: Case) -> None:
    builds, target = case
    found, _, _ = judged(Model(segments(builds)), target)
    for at, line in enumerate(found):
        shares = [
            (other.distance or 0.0) * SHARE ** abs(at - place)
            for place, other in enumerate(found)
            if 0 < abs(at - place) <= NEAR
        ]
        assert line.distance is not None
        assert line.score is not None
        assert line.distance <= line.score <= 1
        expected = max([line.distance, *(share for share in shares if share > LEAST + 1e-9)])
        assert line.score == pytest.approx(expected, abs=1e-9) or LEAST == pytest.approx(line.score)


# ---- who stands for whom ----


@given(cases())
@laws
def test_who_stands_for_others_is_far_stands_for_itself_and_comes_before_them(case: Case) -> None:
    builds, target = case
    for model in (Model(segments(builds)), None):
        found, findings, _ = judged(model, target)
        by_number = {line.number: line for line in found}
        for line in found:
            assert line.far == (line.group is not None) == (line.fingerprint is not None)
            assert line.shown == (line.group == line.number)
            assert set(line.reasons) <= set(REASONS)
            assert sorted(line.reasons, key=REASONS.index) == list(line.reasons)
            if line.group is not None:
                assert line.group <= line.number
                assert by_number[line.group].shown
            assert not (line.shown and "block" in line.reasons)
        for finding in findings:
            assert finding.kind in FINDINGS
            assert finding.line is None or finding.line in by_number


@given(cases(), st.frozensets(st.integers(1, 25)))
@laws
def test_a_second_scan_shows_nothing_that_the_first_did_not_find_far(
    case: Case, only: frozenset[int]
) -> None:
    builds, target = case
    filtering = AnomalyFilter(Model(segments(builds)))
    first = list(filtering.scored(numbered(target)))
    for before, line in zip(first, filtering.scored(numbered(target), only=only), strict=True):
        assert before.far or not line.far
        assert line.shown == before.far if line.number in only else True
        assert not line.far or line.number in only or {"error", "number"} & {*line.reasons}


# ---- a build against itself ----


@given(_logs, st.integers(1, 4))
@laws
def test_nothing_is_found_of_a_build_that_is_its_own_baseline(target: Log, copies: int) -> None:
    found, findings, worst = judged(Model(segments([target] * copies)), target)
    assert [] == [line for line in found if line.far]
    assert [] == [finding for finding in findings if finding.kind != "nothing_read"]
    assert worst is None


@given(_logs)
@laws
def test_nothing_can_be_read_only_where_no_line_has_a_word(target: Log) -> None:
    _, findings, _ = judged(Model(segments([target])), target)
    words = any(learnt(text).rows for text in target)
    assert words == (not any(finding.kind == "nothing_read" for finding in findings))


@pytest.mark.parametrize(
    "case", ["logjuicer-tests/ansible-01", "logjuicer-tests/tempest-01", "logjuicer-tests/dib-01"]
)
def test_nothing_is_found_of_a_real_build_that_is_its_own_baseline(case: str) -> None:
    good, fail = logs.real(case)
    for whole in (good, fail):
        builder = SegmentBuilder("b1", "job.log")
        builder.learn(lines([whole]))
        model = Model([builder.segment(), _renamed(builder.segment())])
        found = AnomalyFilter(model).scored(lines([whole]))
        assert [] == [line for line in found if line.far]
        assert () == found.findings


def _renamed(segment: Segment) -> Segment:
    return replace(segment, build="b2")


# ---- secrets ----


@given(cases())
@laws
def test_no_secret_comes_out(case: Case) -> None:
    builds, target = case
    secrets = [
        "login password=hunter",
        "curl token=hunter http://mirror.example.com/x",
        r"ran 3 tests with secret=hunter\nfailed",
        "12:59:59 api_key=hunter.example.com at http://mirror.example.com/x",
    ]
    learned = segments([[*texts, *secrets] for texts in builds])
    assert not any(b"hunter" in segment.encode() for segment in learned)
    assert "hunter" not in repr(judged(Model(learned), [*target, *secrets * 40]))
    assert "hunter" not in repr(judged(Model(segments(builds)), [*target, *secrets]))


# ---- another process ----

_HASHED = """
from tests.anomaly_filter.builds import judged, model, step
from anomaly_filter import Model, Segment
print(judged([step(1), step(2) + " failed zap", "zip zop zup", "ran 3 tests"], [step(1), "ran 9 tests", step(2), step(2) + " zap"], [step(2)]))
one, other = ([letter + str(number) for number in range(7)] for letter in "xc")
rows = [one, other, *([word] + [word + str(number) for number in range(60)] for word in (one[6], *other))]
rows = [tuple(sorted(row)) for row in rows]
model = Model([Segment("b", "f", tuple(rows), tuple(" ".join(row) for row in rows))])
print(model.nearest(frozenset([*one, *other, *(f"q{number}" for number in range(11))])).text)
"""


def test_processes_that_hash_differently_say_the_same() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", _HASHED],
            env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(1, 13)
    }
    assert 1 == len(said)
