"""What the verbs of `log-processor` take."""

from __future__ import annotations

import argparse
from pathlib import Path

from log_processor.arguments import AddParser
from log_processor.errors import Outcome

_RUN = """\
examples:
  log-processor run --embedded --foreground
      everything in one process: gearman server on loopback, SQLite, models in a folder
  log-processor run -c /etc/log-processor.yaml -p /run/log-processor.pid -d /var/log/log-processor.log
      a worker beside a gearman server and a cluster; start as many as there are cores to spare, each further one
      on a host with a pidfile and a port for its metrics of its own: --set metrics.listen=127.0.0.1:9129

signals: SIGTERM finishes the file in hand and leaves, a second one leaves at once (the gearman server gives
the job to another worker); SIGHUP reads the configuration again.
"""

_SUBMIT = """\
examples:
  log-processor submit logs/ --log-url https://logs.example.org/4f440b7e/ --build-uuid 4f440b7e8c4b493c81ddf709d8a54076
      --build-name unit-tests --build-status FAILURE --project acme/shop --branch main
  log-processor submit https://logs.example.org/4f440b7e/job-output.txt --build-uuid 4f440b7e8c4b493c81ddf709d8a54076

Prints one JSON object for each job. Submitting the same file again is harmless.
"""

_TRAIN = """\
example:
  log-processor train -c /etc/log-processor.yaml passed-build-logs/ --build-uuid 77aa10
      --build-name unit-tests --project acme/shop --branch main

A build that was learnt already changes nothing. Workers see the new models with their next job.
"""

_MODELS = """\
examples:
  log-processor models list
  log-processor models show acme%2Fshop/unit-tests/main/job-output
  log-processor models forget 4f440b7e8c4b493c81ddf709d8a54076
      a build that passed but should not be a baseline
"""

_REPLAY = """\
examples:
  log-processor replay --dry-run                  what is in the dead letters of this host, and why
  log-processor replay --outcome not_found        submit those again whose log was not there
  log-processor replay                            submit all of them again

A letter is removed once the gearman server has the job; a job that fails again writes it anew.
"""


def add_verbs(add_parser: AddParser) -> None:
    """Add all of them."""
    for add in (_run, _submit, _train, _models, _status, _replay, _check_config):
        add(add_parser)


def _run(add_parser: AddParser) -> None:
    parser = add_parser(
        "run",
        help="the daemon: take jobs, score, store, learn",
        description="Take push-log jobs from a gearman server, one log file each: fetch it, score every line, store it.",
        epilog=_RUN,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_config(parser)
    _add_gearman(parser)
    parser.add_argument("--embedded", action="store_true", help="run a gearman server inside, on loopback")
    parser.add_argument("--foreground", action="store_true", help="do not detach from the terminal")
    parser.add_argument(
        "-p", "--pidfile", type=Path, metavar="FILE", help="write the process id there, and hold it"
    )
    parser.add_argument("-d", "--debuglog", type=Path, metavar="FILE", help="log there, with debug messages")
    parser.set_defaults(module="log_processor.commands.run")


def _submit(add_parser: AddParser) -> None:
    parser = add_parser(
        "submit",
        help="hand the log files of a build to the workers",
        description="Submit one push-log job for each log file of a build.",
        epilog=_SUBMIT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_build(parser)
    parser.add_argument("--build-status", metavar="S", help="SUCCESS or FAILURE; workers learn from SUCCESS")
    parser.add_argument(
        "--log-url", metavar="URL", help="where the log server has PATH; without it workers read file:// URLs"
    )
    parser.add_argument(
        "--tag", action="append", default=[], metavar="TAG", dest="tags", help="may be repeated"
    )
    _add_gearman(parser)
    _add_config(parser)
    parser.set_defaults(module="log_processor.commands.submit")


def _train(add_parser: AddParser) -> None:
    parser = add_parser(
        "train",
        help="teach the models a passed build",
        description="Learn the log files of one build that passed.",
        epilog=_TRAIN,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_build(parser)
    _add_format(parser)
    _add_config(parser)
    parser.set_defaults(module="log_processor.commands.train")


def _models(add_parser: AddParser) -> None:
    parser = add_parser(
        "models",
        help="list, show, forget",
        description="Look at the models, or forget a build in all of them.",
        epilog=_MODELS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    _add_format(verb := verbs.add_parser("list", help="every model"))
    _add_config(verb)
    verb = verbs.add_parser("show", help="the builds of one model")
    verb.add_argument("name", help="as `list` prints it")
    _add_format(verb)
    _add_config(verb)
    verb = verbs.add_parser("forget", help="a build, in every model")
    verb.add_argument("build", metavar="BUILD_UUID")
    _add_format(verb)
    _add_config(verb)
    parser.set_defaults(module="log_processor.commands.models")


def _status(add_parser: AddParser) -> None:
    parser = add_parser(
        "status",
        help="queue, workers, dead letters, models",
        description="Ask the gearman server for its queue, and look at this host's dead letters and models.",
        epilog="example:\n  log-processor status --gearman gearman.example.org:4730 --format json",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_gearman(parser)
    _add_format(parser)
    _add_config(parser)
    parser.set_defaults(module="log_processor.commands.status")


def _replay(add_parser: AddParser) -> None:
    parser = add_parser(
        "replay",
        help="submit the jobs of dead letters again",
        description="Submit the jobs of this host's dead letters again, oldest first.",
        epilog=_REPLAY,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--dry-run", action="store_true", help="only print them")
    parser.add_argument(
        "--outcome",
        choices=[outcome.value for outcome in Outcome if outcome not in (Outcome.RUNNING, Outcome.SKIPPED)],
        metavar="NAME",
        help="only those that ended so: %(choices)s; indexed: lines of it were refused by the store",
    )
    _add_gearman(parser)
    _add_config(parser)
    parser.set_defaults(module="log_processor.commands.replay")


def _check_config(add_parser: AddParser) -> None:
    parser = add_parser(
        "check-config",
        help="name every wrong key, print what is in force",
        description=(
            "Read file, environment and --set as the daemon does, name everything that is wrong, and print every "
            "key with the value in force."
        ),
        epilog="example:\n  log-processor check-config -c /etc/log-processor.yaml",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_config(parser)
    parser.add_argument("--format", choices=("yaml", "json"), default="yaml", help="default: yaml")
    parser.set_defaults(module="log_processor.commands.check_config")


# ---- what several verbs take -------------------------------------------------------------------------


def _add_build(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "logs", nargs="+", metavar="PATH_OR_URL", help="a log file, a folder of them, or a URL"
    )
    parser.add_argument("--build-uuid", required=True, metavar="U", help="the build's unique id")
    parser.add_argument("--build-name", metavar="JOB", help="name of the job")
    parser.add_argument("--project", help="full name of the project")
    parser.add_argument("--branch", help="branch the build was made on")
    parser.add_argument("--build-start", metavar="TIME", help="when the build began, ISO 8601; default: now")
    parser.add_argument(
        "--field",
        action="append",
        default=[],
        metavar="K=V",
        dest="fields",
        help="any other field, e.g. --field build_queue=gate; may be repeated",
    )


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-c", "--config", type=Path, metavar="FILE", help="the YAML file; see `check-config`")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="overrides",
        help="set one key over the file and the environment, e.g. --set score.threshold=0.3; may be repeated",
    )


def _add_gearman(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--gearman", metavar="HOST[:PORT]", help="the gearman server, over what the configuration says"
    )


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
