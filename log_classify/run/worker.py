"""What is done with one file, in whichever process: learning it, and judging it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timezone
from functools import lru_cache
from itertools import chain, count, repeat

from anomaly_filter import (
    AnomalyFilter,
    Fallback,
    Finding,
    Found,
    ModelName,
    ModelStore,
    ScoredLine,
    SegmentBuilder,
    Tokenizer,
    model_name,
)
from log_classify.comparison import NO_BASELINE, Judgement
from log_classify.excerpt import Excerpt
from log_classify.logs import threads
from log_classify.report.model import FileReport, FoundInFile
from log_classify.run.entries import bounded, entries
from log_classify.run.errors import AROUND, errors
from log_classify.run.models import Models
from log_classify.run.reading import TreeLog
from log_classify.run.settings import Settings
from log_classify.trees.tree import TreeFile
from log_processor.errors import ConfigError, LogProcessorError

_NO_FILE = "\0"  # has no model
_SHARED = 16  # files that have a tokenizer in common

Fields = Mapping[str, str]
"""`project`, `build_name` and `build_branch` of a build, by which its models are named; missing ones are unknown."""


@dataclass(frozen=True)
class Place:
    """Where models are, and of which job; sent to each process that needs them.

    Attributes:
        models: the folder.
        fields: of the job.
        build: the build at hand; it is never its own baseline.
    """

    models: Models
    fields: tuple[tuple[str, str], ...]
    build: str

    def name(self, path: str) -> ModelName:
        """Return the name of a file's model."""
        return model_name({**dict(self.fields), "filename": path})


@dataclass(frozen=True)
class Taught:
    """What became of learning one file.

    Attributes:
        lines: lines read.
        bytes: of these lines, unpacked.
        learnt: whether it has any line to compare with.
        remarks: what went wrong, one sentence each.
    """

    lines: int
    bytes: int
    learnt: bool
    remarks: tuple[str, ...]


def learn(file: TreeFile, *, place: Place, settings: Settings, built_at: datetime, now: datetime) -> Taught:
    """Learn a file of a passing build."""
    remarks = []
    try:
        log = TreeLog(file, settings.ignored)
        builder = SegmentBuilder(place.build, file.path, _tokenizer())
        builder.learn(log.lines())
    except LogProcessorError as error:
        return Taught(0, 0, learnt=False, remarks=(str(error),))
    segment = builder.segment()
    if log.damage:
        remarks.append(f"{file.path}: only {segment.lines:,} lines could be read: {log.damage}")
    if segment.left_out:
        remarks.append(f"{file.path}: {segment.left_out:,} lines were not learnt: too many are distinct")
    if segment.rows:
        try:
            _store(place.models).learn(place.name(file.path), segment, built_at=built_at, now=now)
        except OSError as error:
            raise ConfigError(
                f"{place.models.root}: models cannot be kept there: {error.strerror}; TMPDIR may name a folder with "
                "more room"
            ) from error
    return Taught(segment.lines, log.bytes, learnt=bool(segment.rows), remarks=tuple(remarks))


def judge(file: TreeFile, *, place: Place, settings: Settings) -> FileReport:
    """Judge a file by the model that fits it best, or by itself where there is none."""
    found = _found(place, place.name(file.path), empty=_is_empty(file))
    if found:
        return _judged(file, found, settings)
    report = errors_of(file, settings=settings)
    if not report.lines:
        return report
    return replace(report, findings=(FoundInFile("no_baseline", NO_BASELINE), *report.findings))


def _is_empty(file: TreeFile) -> bool:
    try:
        return not file.file.stat().st_size
    except OSError:  # whoever reads it will say so
        return False


def _found(place: Place, name: ModelName, *, empty: bool) -> Found | None:
    store = _store(place.models)
    near = () if empty else (Fallback.BRANCH, Fallback.PROJECT)
    found = store.find(name, without_build=place.build, fallback=near)
    return found if found or empty else _of_job(place)


@lru_cache(1)
def _of_job(place: Place) -> Found | None:
    """Return the model of all files of a job; many files may ask for it, and to look for it takes long."""
    store, any_file = _store(place.models), place.name(_NO_FILE)
    return store.find(any_file, without_build=place.build, fallback=(Fallback.JOB,))


def errors_of(file: TreeFile, *, settings: Settings) -> FileReport:
    """Judge a file by itself: by words of failure, bad numbers and tracebacks."""
    tokenizer = _tokenizer()
    filter_ = AnomalyFilter(None, tokenizer=tokenizer)

    def again(log: TreeLog) -> Iterator[ScoredLine]:
        yield from errors(filter_.scored(log.lines(), around=AROUND), tokenizer)

    def read(log: TreeLog, excerpt: Excerpt) -> tuple[Iterable[ScoredLine], tuple[Finding, ...]]:
        scan = filter_.scored(log.lines(), around=AROUND)
        excerpt.take(errors(scan, tokenizer))
        excerpt.read = scan.read
        return again(log), () if _is_empty(
            file
        ) else scan.findings  # nothing says that it should not be empty

    return _report(file, settings, read)


def _judged(file: TreeFile, found: Found, settings: Settings) -> FileReport:
    filter_ = AnomalyFilter(found.model, threshold=settings.threshold, tokenizer=_tokenizer())

    def read(log: TreeLog, excerpt: Excerpt) -> tuple[Iterable[ScoredLine], tuple[Finding, ...]]:
        judgement = Judgement(filter_, log, max(settings.context))
        judgement.pass_to(excerpt.take)
        return judgement, judgement.findings

    report = _report(file, settings, read)
    remarks = report.remarks
    if found.unreadable and not found.fallback:  # of all files of a job there are always too many
        remarks += (
            f"{len(found.unreadable):,} of its baselines were left out, the first: {found.unreadable[0]}",
        )
    return replace(
        report,
        model=found.model.name,
        model_version=found.model.version,
        baselines=len(found.model.builds),
        fallback=found.fallback.value if found.fallback else None,
        remarks=remarks,
    )


_Read = Callable[[TreeLog, Excerpt], tuple[Iterable[ScoredLine], tuple[Finding, ...]]]
"""Takes an excerpt of a log; returns its lines once more, and what was found of it."""


def _report(file: TreeFile, settings: Settings, read: _Read) -> FileReport:
    excerpt = Excerpt(settings.wanted, settings.context)
    try:
        log = TreeLog(file, settings.ignored)
        again, findings = read(log, excerpt)
        modified = datetime.fromtimestamp(file.file.stat().st_mtime, timezone.utc)
        found, left = bounded(
            entries(
                excerpt.lines(again),
                settings.wanted,
                context=settings.context,
                groups=excerpt.groups,
                modified=modified,
            )
        )
    except (LogProcessorError, OSError) as error:
        return FileReport(file.path, file.source, None, None, 0, None, 0, 0, 0, (), (), (str(error),))
    remarks = [f"only {excerpt.read:,} lines could be read: {log.damage}"] if log.damage else []
    if left:
        remarks.append(f"{left:,} more lines are worth showing; they are too many")
    return FileReport(
        path=file.path,
        source=file.source,
        model=None,
        model_version=None,
        baselines=0,
        fallback=None,
        lines=excerpt.read,
        bytes=log.bytes,
        far=excerpt.far,
        entries=tuple(found),
        findings=tuple(FoundInFile(*astuple(each)) for each in findings),
        remarks=tuple(remarks),
    )


@lru_cache(1)
def _store(models: Models) -> ModelStore:
    return models.store()


def _tokenizer() -> Tokenizer:
    """Return what some files of a process share in turn: it remembers words and lines that it has met.

    Each line that it remembers of other logs costs a log a little, which after some of them is more than it saves.
    """
    return next(_tokenizers())


@lru_cache(1)
def _tokenizers() -> Iterator[Tokenizer]:
    from multiprocessing import parent_process  # noqa: PLC0415 - what checks a command line need not wait for it

    reading = 1 if parent_process() else threads()  # a process that is alone may use all processors
    return chain.from_iterable(repeat(Tokenizer(threads=reading), _SHARED) for _ in count())
