"""`log-processor models`: what passing builds have taught."""

from __future__ import annotations

import argparse

from anomaly_filter import SegmentFile
from log_processor.commands.common import Subparsers, add_config, add_format, config_of, put, say, table
from log_processor.errors import ConfigError
from log_processor.exits import Exit
from log_processor.worker import open_models

_EXAMPLES = """\
examples:
  log-processor models list
  log-processor models show acme%2Fshop/unit-tests/main/job-output
  log-processor models forget 4f440b7e8c4b493c81ddf709d8a54076
      a build that passed but should not be a baseline
"""


def add(subparsers: Subparsers) -> None:
    """Add the verb."""
    parser = subparsers.add_parser(
        "models",
        help="list, show, forget",
        description="Look at the models, or forget a build in all of them.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    add_format(verb := verbs.add_parser("list", help="every model"))
    add_config(verb)
    verb.set_defaults(run=_list)
    verb = verbs.add_parser("show", help="the builds of one model")
    verb.add_argument("name", help="as `list` prints it")
    add_format(verb)
    add_config(verb)
    verb.set_defaults(run=_show)
    verb = verbs.add_parser("forget", help="a build, in every model")
    verb.add_argument("build", metavar="BUILD_UUID")
    add_format(verb)
    add_config(verb)
    verb.set_defaults(run=_forget)


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
