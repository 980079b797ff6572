from __future__ import annotations

from pathlib import Path

import pytest

from log_classify.report.model import FileReport
from log_classify.run.judging import judged
from log_classify.run.models import Models
from log_classify.run.settings import Settings
from log_classify.run.training import Trained, build_of, train
from log_classify.run.workers import Workers
from log_classify.trees.tree import Tree, TreeFile
from log_processor.timestamps import now
from tests.log_classify.console import PASSED, write

JOB = {"project": "shop", "build_name": "test", "build_branch": "main"}


def _tree(folder: Path, **files: str | bytes) -> Tree:
    folder.mkdir(exist_ok=True)
    return Tree(
        folder.name,
        None,
        tuple(
            TreeFile(f"{name}.log", write(folder / f"{name}.log", text), name) for name, text in files.items()
        ),
    )


def _train(models: Models, tree: Tree, build: str = "1", fields: dict[str, str] = JOB) -> Trained:
    with Workers(1) as workers:
        return train(
            models,
            tree,
            build,
            workers=workers,
            settings=Settings(),
            built_at=now(),
            now=now(),
            fields=fields,
        )


def _judged(models: Models, tree: Tree, fields: dict[str, str] = JOB, build: str = "") -> list[FileReport]:
    with Workers(1) as workers:
        return list(judged(models, tree, workers=workers, settings=Settings(), fields=fields, build=build))


@pytest.fixture
def models(tmp_path: Path) -> Models:
    return Models(tmp_path / "models", lasting=False)


def test_a_file_is_read_when_its_report_is_asked_for(models: Models, tmp_path: Path) -> None:
    tree = _tree(tmp_path / "failed", a="hello\n", b="world\n")
    _train(models, tree)
    with Workers(1) as workers:
        files = judged(models, tree, workers=workers, settings=Settings(), fields=JOB)
        assert () == next(files).remarks
        tree.files[1].file.unlink()
        (remark,) = next(files).remarks
    assert "cannot be read" in remark


@pytest.mark.parametrize(
    ("fields", "fallback"),
    [
        (JOB, None),
        ({**JOB, "build_branch": "old"}, "branch"),
        ({**JOB, "project": "other"}, "project"),
        ({**JOB, "build_name": "other"}, "none"),
    ],
)
def test_a_file_is_judged_by_the_model_that_fits_best(
    models: Models, tmp_path: Path, fields: dict[str, str], fallback: str | None
) -> None:
    tree = _tree(tmp_path / "passed", job=PASSED)
    _train(models, tree)
    (file,) = _judged(models, tree, fields)
    if fallback == "none":
        assert (None, 0, ["no_baseline"]) == (
            file.model,
            file.baselines,
            [each.kind for each in file.findings],
        )
    else:
        assert (fallback, 1, ()) == (file.fallback, file.baselines, file.findings)
        assert file.model_version


def test_a_file_that_no_build_had_is_judged_by_all_files(models: Models, tmp_path: Path) -> None:
    _train(models, _tree(tmp_path / "passed", job=PASSED, other="hello\n"))
    (file,) = _judged(models, _tree(tmp_path / "failed", new=PASSED + "something else\n"))
    assert ("job", [12]) == (file.fallback, [entry.line for entry in file.entries])


def test_a_build_is_never_its_own_baseline(models: Models, tmp_path: Path) -> None:
    tree = _tree(tmp_path / "passed", job=PASSED)
    _train(models, tree, "7")
    (file,) = _judged(models, tree, build="7")
    assert file.model is None


def test_what_was_learnt_is_counted(models: Models, tmp_path: Path) -> None:
    trained = _train(models, _tree(tmp_path / "passed", job=PASSED, empty=""))
    assert (11, len(PASSED), 1, ()) == (
        trained.work.lines,
        trained.work.bytes,
        trained.files,
        trained.remarks,
    )


def test_a_damaged_file_is_told_and_read_as_far_as_it_goes(models: Models, tmp_path: Path) -> None:
    import gzip

    tree = _tree(tmp_path / "passed", job=gzip.compress(PASSED.encode())[:-30])
    (remark,) = _train(models, tree).remarks
    assert remark.startswith("job.log: only ")
    (file,) = _judged(models, tree)
    assert file.remarks[0].startswith("only ")


def test_builds_in_the_same_place_are_told_apart_by_what_they_hold(tmp_path: Path) -> None:
    one = build_of(_tree(tmp_path / "logs", a="hello\n"))
    assert one == build_of(_tree(tmp_path / "logs", a="world\n"))  # as far as sizes tell
    assert one != build_of(_tree(tmp_path / "logs", a="hello world\n"))
    assert one != build_of(_tree(tmp_path / "logs", b="hello\n"))
