"""The library: training and scoring against grep, against logreduce, on lines that are all new, on two cores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks import corpora
from benchmarks.bench import Bench, sizes
from benchmarks.corpora import MB, lines_in
from benchmarks.environments import NotInstalled, python_with
from benchmarks.figures import Figure, at_least, at_most, check, not_measured, of_pairs, require
from benchmarks.runs import answer, grep, in_turn
from log_classify.logs import threads

Programs = dict[str, Callable[[], dict[str, float]]]

LOGREDUCE = "logreduce==0.6.1"
NOVEL_SHARE = 0.05
_SAMPLE_MB = 1.0
_SHARE_MARGIN = 0.02
_CORES_MB = {"short": 1.0, "usual": 60.0, "full": 200.0}
_TWO_CORES = ("x one core", at_least(1.7))
_PURE = {"ANOMALY_FILTER_PURE": "1"}
_NOVEL_LOGREDUCE = ("every line new: score", "x logreduce", at_least(50))
_BESIDE_LOGREDUCE = (
    ("ours", "train", "train", at_least(100)),
    ("ours", "score", "score", at_least(200)),
    ("twin", "train", "plain Python: train", at_least(5)),
    ("twin", "score", "plain Python: score", at_least(5)),
)


def against_grep(bench: Bench) -> Iterator[Figure]:
    """Train on passing builds and score failing ones, in process, against grep over the same two files."""
    good, fail = bench.pair(bench.size_mb)
    count = lines_in(fail)
    programs: Programs = {
        "ours": partial(answer, "time_ours", "warm", good, fail, output=bench.output),
        "grep": lambda: {"seconds": grep(good, fail, output=bench.output)},
    }
    rounds = in_turn(bench.form.pairs, programs)
    for found in rounds:
        check((count, count), (found["ours"]["lines"], found["ours"]["warm_lines"]), "lines scored")
    new = _share_of_new(bench)
    grepped = median(found["grep"]["seconds"] for found in rounds)
    for name, stages, target in (
        ("cold", ("train", "score"), at_most(4)),
        ("warm", ("warm_train", "warm_score"), at_most(2)),
    ):
        times = [[found["ours"][stage] for stage in stages] for found in rounds]
        ratios = [
            sum(seconds) / found["grep"]["seconds"] for seconds, found in zip(times, rounds, strict=True)
        ]
        train, score = (bench.size_mb / median(column) for column in zip(*times, strict=True))
        note = f"{sizes(bench.size_mb)} of {bench.builds.origin}; {train:,.0f} and {score:,.0f} MB/s; grep {grepped:.3f} s; {new:.1%} of lines new"
        yield of_pairs(f"train and score, {name}", "x grep", target, ratios, note)


def against_logreduce(bench: Bench) -> Iterator[Figure]:
    """Train and score a slice, compiled and in plain Python, against logreduce on the same slice."""
    size = bench.form.peer_mb
    good, fail = bench.pair(size)
    _check_twins_agree(bench)
    programs: Programs = {
        "ours": partial(answer, "time_ours", "cold", good, fail, output=bench.output),
        "twin": partial(answer, "time_ours", "cold", good, fail, output=bench.output, environment=_PURE),
    }
    missing = _with_logreduce(programs, bench, good, fail)
    rounds = [] if missing else in_turn(bench.form.peer_pairs, programs)
    for program, stage, name, target in _BESIDE_LOGREDUCE:
        if missing:
            yield not_measured(name, "x logreduce", target, missing)
            continue
        ratios = [found["logreduce"][stage] / found[program][stage] for found in rounds]
        ours, theirs = (
            size / median(found[who][stage] for found in rounds) for who in (program, "logreduce")
        )
        note = f"{size:g} + {size:g} MB; {ours:,.1f} against {theirs:,.1f} MB/s, cold"
        yield of_pairs(name, "x logreduce", target, ratios, note)


def all_new(bench: Bench) -> Iterator[Figure]:
    """Score lines that are all new against 10,000 rows: against logreduce, and against the case of 5 %."""
    size = bench.form.novel_peer_mb
    novel, few = bench.novel(size), bench.folder / f"few-{size:g}.log"
    if not few.exists():
        lines = corpora.mixed(
            bench.baseline.read_bytes().splitlines(keepends=True),
            corpora.new_lines(bench.builds.texts, bench.seed + 4),
            NOVEL_SHARE,
            bench.seed,
        )
        corpora.written(few, corpora.up_to(lines, int(size * MB)))
    # The few new lines first: hardly a word of theirs comes again.
    logs = (bench.baseline, few, novel)
    found = answer("time_ours", "answer", *logs, output=bench.output)
    count, count_few = lines_in(novel), lines_in(few)
    check((count_few, count), (found["lines"], found["lines1"]), "lines scored")
    check(count, found["novel1"], "lines that are novel of those that are new")
    require(
        abs(found["novel"] / count_few - NOVEL_SHARE) < _SHARE_MARGIN,
        f"{NOVEL_SHARE:.0%} of {count_few} lines are novel; {found['novel']} are",
    )
    programs: Programs = {"ours": partial(answer, "time_ours", "cold", *logs, output=bench.output)}
    missing = _with_logreduce(programs, bench, bench.baseline, novel)
    rounds = in_turn(bench.form.peer_pairs, programs)
    rows = f"{size:g} MB, {bench.form.baseline_rows:,} rows, cold"
    speed = count / median(found["ours"]["score1"] for found in rounds)
    if missing:
        yield not_measured(*_NOVEL_LOGREDUCE, why=missing)
    else:
        theirs = count / median(found["logreduce"]["score"] for found in rounds)
        ratios = [found["logreduce"]["score"] / found["ours"]["score1"] for found in rounds]
        yield of_pairs(*_NOVEL_LOGREDUCE, ratios, f"{rows}; {speed:,.0f} against {theirs:,.0f} lines/s")
    speed_few = count_few / median(found["ours"]["score"] for found in rounds)
    ratios = [found["ours"]["score1"] / found["ours"]["score"] for found in rounds]
    yield of_pairs(
        "every line new: score",
        "x the time of 5 % new",
        at_most(15),
        ratios,
        f"{rows}; {speed:,.0f} against {speed_few:,.0f} lines/s",
    )


def two_cores(bench: Bench) -> Iterator[Figure]:
    """Train on one file and score another, on two threads against one."""
    size = _CORES_MB[bench.form.name]
    names = {"train": "one file on two cores: train", "score": "one file on two cores: score"}
    if threads() < 2:
        for name in names.values():
            yield not_measured(name, *_TWO_CORES, why="only one core may be used here")
        return
    logs = bench.pair(size)
    programs: Programs = {
        count: partial(answer, "time_threads", *logs, count, output=bench.output) for count in ("1", "2")
    }
    rounds = in_turn(bench.form.pairs, programs)
    for found in rounds:
        check(lines_in(logs[1]), found["1"]["lines"], "lines scored")
        check(found["1"]["digest"], found["2"]["digest"], "what two threads answer")
    for stage, name in names.items():
        ratios = [found["1"][stage] / found["2"][stage] for found in rounds]
        one, two = (size / median(found[count][stage] for found in rounds) for count in programs)
        note = f"{size:g} MB of {bench.builds.origin}; {two:,.0f} against {one:,.0f} MB/s, cold"
        yield of_pairs(name, *_TWO_CORES, ratios, note)


def _with_logreduce(programs: Programs, bench: Bench, good: Path, fail: Path) -> str:
    """Add logreduce to the programs, or say why it cannot be had."""
    try:
        python = python_with(LOGREDUCE)
    except NotInstalled as error:
        return str(error)
    programs["logreduce"] = partial(answer, "time_logreduce", good, fail, output=bench.output, python=python)
    return ""


def _share_of_new(bench: Bench) -> float:
    """Return the share of lines at a distance; see that those that were learnt are at none."""
    good, fail = bench.pair(_SAMPLE_MB)
    found = answer("time_ours", "answer", good, good, fail, output=bench.output)
    check(lines_in(good), found["at_zero"], "lines of the baseline at distance 0")
    return 1 - found["at_zero1"] / found["lines1"]


def _check_twins_agree(bench: Bench) -> None:
    good, fail = bench.pair(_SAMPLE_MB)
    ours = answer("time_ours", "answer", good, fail, output=bench.output)
    check(
        ours,
        answer("time_ours", "answer", good, fail, output=bench.output, environment=_PURE),
        "what the twin answers",
    )
