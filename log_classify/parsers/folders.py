"""`log-classify dir`, and the commands that keep what they learn."""

from __future__ import annotations

import argparse

from log_classify.parsers.common import add_judging, add_selection
from log_processor.arguments import AddParser, count

INPUTS = """\
Logs are a folder, an archive (tar or zip, also within one another), a single file, `-` for standard input, or a URL:
a file, an archive, or the page of a web server that lists a folder. Each file may be compressed (gzip, xz, bzip2,
zstd). Files are compared with those of the same name; numbers, dates and ids in names do not count.
"""
_DIR_EXAMPLES = """\
examples:
  log-classify dir passed/ failed/
  log-classify dir passed-1.tar.gz passed-2.tar.gz https://logs.example.com/71/failed/ --html report.html
  log-classify dir passed/ failed/ -x 'syslog' -X '/tmp/' -f 'DEBUG' --format jsonl
"""
_TRAIN_EXAMPLES = """\
examples:
  log-classify dir-train models/ passed-1/ passed-2/
  log-classify dir-train models.zip passed.tar.gz

MODEL is a folder, or one zip file if its name ends in .zip. Builds are added to those that are in it; a model keeps
the eight that were learnt last. If it is interrupted, MODEL stays as it was.
"""
_RUN_EXAMPLES = """\
examples:
  log-classify dir-run models/ failed/ --html report.html
  log-classify dir-run /srv/log-processor/models failed/ --project org/app --job unit-tests --branch main
"""


def add(add_parser: AddParser) -> None:
    """Add them."""
    _add_dir(add_parser)
    _add_train(add_parser)
    _add_run(add_parser)
    _add_check(add_parser)


def _add_dir(add_parser: AddParser) -> None:
    parser = add_parser(
        "dir",
        help="compare all logs of a build with those of passing builds",
        description="Compare the logs of a build with those of passing builds, file by file, and show the lines that "
        "none of them has.",
        epilog=f"{INPUTS}\n{_DIR_EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("baselines", nargs="+", metavar="BASELINE", help="logs of a passing build")
    parser.add_argument("target", metavar="TARGET", help="logs of the build to judge")
    add_judging(parser)
    parser.set_defaults(module="log_classify.run.folders")


def _add_train(add_parser: AddParser) -> None:
    parser = add_parser(
        "dir-train",
        help="learn logs of passing builds, to compare with them later",
        description="Learn the logs of passing builds, and keep what they print.",
        epilog=f"{INPUTS}\n{_TRAIN_EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", metavar="MODEL", help="where it is kept")
    parser.add_argument("baselines", nargs="+", metavar="BASELINE", help="logs of a passing build")
    add_selection(parser)
    parser.set_defaults(module="log_classify.run.dir_train")


def _add_run(add_parser: AddParser) -> None:
    parser = add_parser(
        "dir-run",
        aliases=["model-run"],
        help="compare all logs of a build with what was learnt before",
        description="Compare the logs of a build with those that dir-train, job-train or log-processor have learnt.",
        epilog=f"{INPUTS}\n{_RUN_EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", metavar="MODEL", help="folder or zip file of what was learnt")
    parser.add_argument("target", metavar="TARGET", help="logs of the build to judge")
    parser.add_argument(
        "--test-prefix",
        default="",
        metavar="FOLDER",
        dest="below",
        help="TARGET is this folder of the build's logs, as where they were made; default: it is all of them",
    )
    group = parser.add_argument_group("which of its models; default: those of the only job that it has")
    group.add_argument("--job", metavar="J", help="name of the job")
    group.add_argument("--project", metavar="P", help="full name of the project")
    group.add_argument("--branch", metavar="B", help="branch that was built")
    add_judging(parser)
    parser.set_defaults(module="log_classify.run.dir_run")


def _add_check(add_parser: AddParser) -> None:
    parser = add_parser(
        "model-check",
        aliases=["check-model"],
        help="say whether what was learnt can be read and is young enough",
        description="Read what dir-train or job-train have learnt. The exit status is 0 when it can be compared with, "
        "2 when there is none, 5 when a part is damaged or the newest build is too old.",
    )
    parser.add_argument("model", metavar="MODEL", help="folder or zip file of what was learnt")
    parser.add_argument(
        "-m",
        "--max-age",
        type=count,
        metavar="DAYS",
        help="how old the newest build may be; default: any age",
    )
    parser.set_defaults(module="log_classify.run.model_check")
