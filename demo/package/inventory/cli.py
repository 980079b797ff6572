"""The command line: migrate, import, serve, load."""

import argparse
import logging
import signal
import sys
from pathlib import Path

from inventory.load import load
from inventory.migrate import migrate
from inventory.service import Service
from inventory.warehouse import Warehouse, connect


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit status is 0 when it did what it says."""
    parser = argparse.ArgumentParser(prog="inventory", description=__doc__)
    parser.add_argument("--log", type=Path, help="write everything, debug lines too, to this file")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("migrate", "import", "serve"):
        command = commands.add_parser(name)
        command.add_argument("--database", type=Path, required=True)
        if name == "migrate":
            command.add_argument("--to", type=int, help="stop at this schema version")
        elif name == "import":
            command.add_argument("items", type=Path)
        else:
            command.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    command = commands.add_parser("load")
    command.add_argument("url")
    command.add_argument("--workers", type=int, default=3)
    command.add_argument("--requests", type=int, default=400, help="of each worker")
    command.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    _log_to(args.log, also_stderr=args.command != "serve")
    if args.command == "load":
        return 1 if load(args.url, workers=args.workers, requests=args.requests, seed=args.seed) else 0
    database = connect(args.database)
    if args.command == "migrate":
        migrate(database, to=args.to)
    elif args.command == "import":
        logging.getLogger(__name__).info("%d items imported", Warehouse(database).add_items(args.items))
    else:
        _serve(Service(Warehouse(database), args.port))
    database.close()
    return 0


def _serve(service: Service) -> None:
    """Serve until SIGTERM; the first line of the standard output is the address."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"http://127.0.0.1:{service.server_address[1]}", flush=True)
    with service:
        service.serve_forever(poll_interval=0.05)


def _log_to(path: Path | None, *, also_stderr: bool) -> None:
    """Everything goes to the file; what matters to a reader of the console, to the standard error too."""
    handlers: list[logging.Handler] = []
    if also_stderr or path is None:
        handlers.append(logging.StreamHandler())
        handlers[0].setLevel(logging.INFO)
    if path:
        handlers.append(logging.FileHandler(path, encoding="utf-8"))
    logging.basicConfig(
        level=logging.DEBUG,
        format="%(asctime)s.%(msecs)03d %(process)d %(levelname)s %(name)s %(message)s",
        datefmt="%Y-%m-%d %H:%M:%S",
        handlers=handlers,
    )
