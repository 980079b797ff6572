"""`anomaly-setup`: the command line."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from log_processor.arguments import add_version, run
from log_processor.exits import guarded

_EPILOG = """\
examples:
  anomaly-setup --store https://search.example.org:9200      templates and lifecycle
  anomaly-setup --kibana https://kibana.example.org          the dashboards too
  anomaly-setup templates --dry-run                          what would be sent, one JSON object a request
  anomaly-setup check                                        whether all is as it should be
  anomaly-setup prune --keep 30d --dry-run                   which daily indices and file documents are older
  anomaly-setup export > log-classify.json                   for Terraform, Ansible and reviews

Every step may be run again: what is as it should be stays, what a person changed stays too but with --force.
A password or API key comes from the environment (ES_PASSWORD, ES_API_KEY) or a file that the configuration names.

exit status: 0 done · 2 usage or configuration, or something that `check` found missing or different · 3 a server is
unreachable or refuses · 130 interrupted
"""
_DAYS = re.compile(r"([1-9][0-9]{0,4})d")
_MODULE = "log_processor.setup.run"


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="anomaly-setup",
        description=(
            "Puts index templates, lifecycle and dashboards into Elasticsearch and Kibana, or into OpenSearch and its "
            "Dashboards. Without a STEP: templates, lifecycle, and with an address of Kibana the dashboards."
        ),
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_version(parser)
    _add_connection(parser, None)
    _add_kibana(parser, None)
    _add_change(parser, default=False)
    _add_keep(parser, 30)
    _add_format(parser, "text")
    parser.set_defaults(module=_MODULE, step="all")
    add = parser.add_subparsers(metavar="STEP").add_parser
    for step, (description, options) in _STEPS.items():
        child = add(step, help=description[0].lower() + description[1:-1], description=description)
        for option in options:
            option(child)
        child.set_defaults(step=step)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a step and return its exit status."""
    args = build_parser().parse_args(argv)
    return guarded("anomaly-setup", lambda: run(args))


# What a step is not told on its own side of the command line is what the other side said.


def _add_connection(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    parser.add_argument(
        "--store",
        metavar="URL",
        default=default,
        help="http(s)://HOST:PORT of the cluster, over the environment and the configuration",
    )
    parser.add_argument(
        "-c", "--config", type=Path, metavar="FILE", default=default, help="the daemon's YAML file"
    )


def _add_kibana(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    parser.add_argument(
        "--kibana",
        metavar="URL",
        default=default,
        help="address of Kibana or OpenSearch Dashboards, over the environment and the configuration",
    )


def _add_change(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    _add_dry_run(parser, default)
    parser.add_argument(
        "--force", action="store_true", default=default, help="also over what a person changed or made"
    )


def _add_dry_run(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    parser.add_argument(
        "--dry-run",
        action="store_true",
        default=default,
        help="print every request as a line of JSON, and send none that changes anything",
    )


def _add_keep(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    parser.add_argument(
        "--keep",
        type=_days,
        metavar="DAYS",
        default=default,
        help="how long daily indices are kept, e.g. 90d; default: 30d",
    )


def _add_keep_here(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--keep",
        type=_days,
        metavar="DAYS",
        required=True,
        help="how many days of builds stay, today not counted, e.g. 30d",
    )


def _add_format(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default=default,
        help="json: an object for each thing that was looked at; default: text",
    )


def _days(text: str) -> int:
    match = _DAYS.fullmatch(text)
    if not match:
        raise argparse.ArgumentTypeError(f"expected a number of days such as 30d, got {text!r}")
    return int(match[1])


_STEPS: dict[str, tuple[str, tuple[Callable[[argparse.ArgumentParser], None], ...]]] = {
    "templates": (
        "Put the component and index templates.",
        (_add_connection, _add_change, _add_format),
    ),
    "lifecycle": (
        "Put a policy that deletes daily indices, where the cluster has policies.",
        (_add_connection, _add_keep, _add_change, _add_format),
    ),
    "dashboards": (
        "Import the dashboards into Kibana or OpenSearch Dashboards.",
        (_add_connection, _add_kibana, _add_change, _add_format),
    ),
    "check": (
        "Compare the cluster with what should be there; with --kibana import, export and compare the dashboards.",
        (_add_connection, _add_kibana, _add_format),
    ),
    "export": ("Print everything that would be put, as one JSON object; no server is asked.", (_add_keep,)),
    "prune": (
        "Delete daily indices, and file documents, of builds older than some days.",
        (_add_connection, _add_keep_here, _add_dry_run, _add_format),
    ),
}
"""Each step: what it does, and the options that it takes."""


if __name__ == "__main__":
    sys.exit(main())
