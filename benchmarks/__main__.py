"""`python -m benchmarks`: every measurement, one after the other; `--json` prints one object."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

MEASUREMENTS = {
    "throughput": "the library against logreduce and grep",
    "daemon": "the whole daemon, gearman job to SQLite",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    args = parser.parse_args()
    found = {}
    for name, about in MEASUREMENTS.items():
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        if not args.json:
            print(f"\n{name}: {about}", flush=True)
            subprocess.run(command, check=True)
            continue
        done = subprocess.run([*command, "--json"], check=True, stdout=subprocess.PIPE)
        found[name] = json.loads(done.stdout)
    if args.json:
        print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
