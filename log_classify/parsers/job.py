"""`log-classify job`, `job-train`, `job-run`."""

from __future__ import annotations

import argparse

from log_classify.parsers.common import add_judging, add_selection
from log_processor.arguments import AddParser, positive

_BUILD = """\
URL is the page of a build:
  Zuul     https://zuul.example.org/t/TENANT/build/UUID
  Prow     https://prow.example.org/view/gs/BUCKET/logs/JOB/ID, or the same of gcsweb, or gs://BUCKET/logs/JOB/ID
  GitHub   https://github.com/OWNER/REPO/actions/runs/RUN, one job: .../runs/RUN/job/JOB; token in GITHUB_TOKEN
  GitLab   https://gitlab.com/GROUP/PROJECT/-/jobs/ID; token in GITLAB_TOKEN
Logs that lie elsewhere are compared by `log-classify diff`. docs/builds.md says how baselines are chosen.
"""
_JOB = f"""\
examples:
  log-classify job https://zuul.example.org/t/local/build/3c6c85f2ae2f4dbcbf2fca0a2d8e5b11
  log-classify job URL --count 5 --explain-baselines --html report.html

{_BUILD}"""
_TRAIN = """\
examples:
  log-classify job-train models/ --zuul-web https://zuul.example.org/t/local --job tox-py311 --branch main
  log-classify job-train models/ --like https://github.com/OWNER/REPO/actions/runs/RUN --count 8
"""
_RUN = f"""\
example:
  log-classify job-run models/ https://zuul.example.org/t/local/build/3c6c85f2ae2f4dbcbf2fca0a2d8e5b11

{_BUILD}"""

_COUNT = 3


def add(add_parser: AddParser) -> None:
    """Add them."""
    parser = add_parser(
        "job",
        help="compare a build of a CI system with passed builds of its job",
        description="Fetch the logs of a build, find passed builds of the same job, and show what none of them has.",
        epilog=_JOB,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_url(parser)
    _add_baselines(parser)
    add_judging(parser)
    parser.set_defaults(module="log_classify.ci.command", step="compare")
    _add_training(add_parser)
    parser = add_parser(
        "job-run",
        help="compare a build of a CI system with what job-train learnt",
        description="Fetch the logs of a build, and show what no build has that `job-train` learnt.",
        epilog=_RUN,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", metavar="MODEL", help="folder or zip file of what was learnt")
    _add_url(parser)
    add_judging(parser)
    parser.set_defaults(module="log_classify.ci.command", step="judge")


def _add_training(add_parser: AddParser) -> None:
    parser = add_parser(
        "job-train",
        aliases=["job-build"],
        help="learn passed builds of a job",
        description="Find passed builds of a job, and learn their logs.",
        epilog=_TRAIN,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", metavar="MODEL", help="where it is kept: a folder, or a zip file")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "--zuul-web", metavar="URL", help="a Zuul: its page of a tenant, or its API; wants --job"
    )
    where.add_argument(
        "--like", metavar="URL", help="page of a build: learn what `job` would compare it with"
    )
    group = parser.add_argument_group("which builds of --zuul-web")
    group.add_argument("--job", metavar="J", default="", help="name of the job")
    group.add_argument("--project", metavar="P", default="", help="full name of the project; default: any")
    group.add_argument("--pipeline", metavar="P", default="", help="default: any")
    group.add_argument("--branch", metavar="B", default="", help="default: any")
    _add_baselines(parser)
    add_selection(parser)
    parser.set_defaults(module="log_classify.ci.command", step="train")


def _add_url(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", metavar="URL", help="page of the build")


def _add_baselines(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--count",
        type=positive,
        default=_COUNT,
        metavar="N",
        help=f"passed builds to learn; default: {_COUNT}",
    )
    parser.add_argument(
        "--explain-baselines",
        action="store_true",
        help="say on standard error which builds were considered, and why each was taken or not",
    )
