"""`log-processor models`: what passing builds have taught."""

from __future__ import annotations

import argparse

from anomaly_filter import SegmentFile
from log_processor.commands.common import config_of, put, say, table
from log_processor.errors import ConfigError
from log_processor.exits import Exit
from log_processor.models import open_models


def run(args: argparse.Namespace) -> Exit:
    """Do what the verb below this one says."""
    return {"list": _list, "show": _show, "forget": _forget}[args.verb](args)


def _record(name: str, files: list[SegmentFile]) -> dict[str, object]:
    return {
        "model": name,
        "builds": len({file.build for file in files}),
        "segments": len(files),
        "oldest": files[0].built_at.isoformat(),
        "newest": files[-1].built_at.isoformat(),
    }


def _list(args: argparse.Namespace) -> Exit:
    records = [_record(name, files) for name, files in open_models(config_of(args)).models()]
    if args.format == "json":
        for record in records:
            put(record)
    elif records:
        head = ("model", "builds", "segments", "oldest", "newest")
        table([head, *(tuple(str(record[key]) for key in head) for record in records)])
    else:
        say("no model yet: workers learn from builds that pass; `log-processor train` seeds them")
    return Exit.DONE


def _show(args: argparse.Namespace) -> Exit:
    files = dict(open_models(config_of(args)).models()).get(args.name)
    if files is None:
        raise ConfigError(f"no model {args.name!r}; `log-processor models list` prints the names")
    records = [
        {
            "build": f.build,
            "built_at": f.built_at.isoformat(),
            "bytes": f.path.stat().st_size,
            "digest": f.digest,
        }
        for f in files
    ]
    if args.format == "json":
        for record in records:
            put(record)
    else:
        head = ("build", "built_at", "bytes", "digest")
        table([head, *(tuple(str(record[key]) for key in head) for record in records)])
    return Exit.DONE


def _forget(args: argparse.Namespace) -> Exit:
    models = open_models(config_of(args))
    try:
        removed = models.forget(args.build)
    except OSError as error:
        raise ConfigError(
            f"models.path {models.root} cannot be changed: {error.strerror}; run this as the user who owns it"
        ) from error
    if args.format == "json":
        put({"build": args.build, "forgotten": removed})
    else:
        say(f"{removed} segments of build {args.build} forgotten")
    return Exit.DONE if removed else Exit.NO_SUCH_BUILD
