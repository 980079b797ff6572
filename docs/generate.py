"""Writes from the code: docs/cli.md, docs/configuration.md, docs/report.schema.json and config/templates. `--check` only compares."""

from __future__ import annotations

import argparse
import functools
import importlib.util
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from log_classify.report.schema import schema
from log_processor.config import ELASTIC_VARIABLES, Key, keys
from log_processor.config.values import describe
from log_processor.setup.exported import exported

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = {
    "log-processor": "log_processor.cli",
    "anomaly-query": "log_processor.query.cli",
    "anomaly-setup": "log_processor.setup.cli",
    "log-classify": "log_classify.cli",
}
"""Commands and the modules whose `build_parser()` describes them."""

_COLUMNS = 100
_GENERATED = "<!-- Written by `make docs`. Do not edit. -->\n\n"
_CONFIGURATION = """\
# Configuration

`config/log-processor.yaml` holds every key with its default; `log-processor check-config -c FILE` names whatever
is wrong in a file, all of it at once. A flag (`--set section.key=VALUE`) wins over the environment, the
environment over the file, the file over the default. A list of one may be written without brackets.

Passwords and keys come from the environment or from files (`password_file`, `api_key_file`), never from the
command line, and from the YAML file only if other users cannot read it. A URL must not hold one.

`fetch.allow` names the log servers. While it is empty every job is refused, ends in the dead letters, and can be
run again by `log-processor replay`; the daemon says so when it starts.
"""
_ANCESTOR = """\
## The worker YAML of log-gearman-worker

The ancestor's file is accepted as it is; the two styles cannot be mixed in one file.

| its key | becomes |
|---|---|
| `gearman-host`, `gearman-port` | `gearman.host`, `gearman.port` |
| `output-mode: tcp`, `output-host`, `output-port` | `store.url: logstash+tcp://host:port`; another mode is an error |
| `log-ca-certs` | `fetch.ca_certs` |
| `log-cert-verify` | `false` is an error: certificates are always verified |
| `crm114-*` | no longer needed; said once in the log |
| `mqtt-*` | not supported yet; said once in the log |

It has no key for the log servers, so set `LOG_PROCESSOR_FETCH_ALLOW` or `--set fetch.allow=…` beside it.
"""


def pages() -> dict[Path, str]:
    """Return the text of each page that can be written now, by its path.

    Since 3.13 argparse words its help another way; the page of commands is that of the versions before.
    """
    found = {ROOT / "docs/configuration.md": configuration()}
    found[ROOT / "docs/report.schema.json"] = json.dumps(schema(), indent=2) + "\n"
    for path, body in exported().items():
        found[ROOT / f"config/templates/{path}.json"] = json.dumps(body, indent=2) + "\n"
    if sys.version_info < (3, 13) and all(importlib.util.find_spec(module) for module in COMMANDS.values()):
        found[ROOT / "docs/cli.md"] = commands()
    return found


def configuration() -> str:
    """Return the page of keys; their meaning is the comment above each in config/log-processor.yaml."""
    comments = dict(_comments((ROOT / "config/log-processor.yaml").read_text("utf-8")))
    text = _GENERATED + _CONFIGURATION
    section = ""
    for key in keys().values():
        if key.path.partition(".")[0] != section:
            section = key.path.partition(".")[0]
            text += f"\n## {section}\n\n| key | default | takes | meaning |\n|---|---|---|---|\n"
        text += _row(key, comments[key.path])
    text += "\n## Environment\n\n"
    text += (
        "Each key has a variable: `LOG_PROCESSOR_` and its path, with `_` for the dot, in capitals: `gearman.port` is\n"
        "`LOG_PROCESSOR_GEARMAN_PORT`. An unknown `LOG_PROCESSOR_` variable is an error. These set keys too, and give\n"
        "way to a key's own variable:\n\n| variable | key |\n|---|---|\n"
    )
    text += "".join(f"| `{variable}` | `{path}` |\n" for variable, path in ELASTIC_VARIABLES.items())
    return text + "\n" + _ANCESTOR


def commands() -> str:
    """Return the page of commands: what `--help` prints for each command and subcommand."""
    text = _GENERATED + "# Commands\n"
    for module in COMMANDS.values():
        for parser in _parsers(importlib.import_module(module).build_parser()):
            formatter = functools.partial(parser.formatter_class, width=_COLUMNS)  # type: ignore[call-arg]
            parser.formatter_class = formatter
            text += f"\n## {parser.prog}\n\n```\n{parser.format_help().rstrip()}\n```\n"
    return text


def main(argv: Sequence[str] | None = None) -> int:
    """Write the pages, or with `--check` say which are stale."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true", help="write nothing; fail if a page is stale")
    check = arguments.parse_args(argv).check
    stale = {
        path: text for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text
    }
    for path, text in stale.items():
        if check:
            print(f"{path.relative_to(ROOT)} is stale; mend: make docs", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    return 1 if check and stale else 0


def _row(key: Key, comment: str) -> str:
    default = "null" if key.default is None else key.default
    if isinstance(default, tuple):
        default = f"[{', '.join(default)}]"
    if isinstance(default, bool):
        default = str(default).lower()
    return f"| `{key.path}` | `{default}` | {describe(key.hint, key.limit)} | {comment} |\n"


def _comments(text: str) -> Iterator[tuple[str, str]]:
    """Give each key's path and the comment in the line above it."""
    section, comment = "", ""
    for line in text.splitlines():
        if match := re.match(r"(\w+):$", line):
            section = match[1]
        elif match := re.match(r"  # (.+)", line):
            comment = match[1]
        elif match := re.match(r"  (\w+):", line):
            yield f"{section}.{match[1]}", comment


def _parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Give a parser and those of its subcommands."""
    yield parser
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to list its subcommands
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - the same
            for child in dict.fromkeys(action.choices.values()):  # each once, whatever aliases it has
                yield from _parsers(child)


if __name__ == "__main__":
    sys.exit(main())
