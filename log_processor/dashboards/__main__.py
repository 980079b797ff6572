"""Writes the files below `kibana/`: `python -m log_processor.dashboards kibana`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from log_processor.dashboards.exports import files


def main(argv: Sequence[str] | None = None) -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(prog="python -m log_processor.dashboards", description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder to write into")
    folder: Path = parser.parse_args(argv).folder
    for path, content in files().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, "utf-8")


if __name__ == "__main__":
    main()
