"""`python -m tests unit|api`: the tests in an order that is shuffled anew with each seed."""

import argparse
import random
import sys
import time
import unittest
from collections.abc import Iterator
from pathlib import Path

SUITES = {
    "unit": ("tests.test_units", "tests.test_client"),
    "api": ("tests.test_catalogue", "tests.test_stock", "tests.test_reports"),
}


class Result(unittest.TextTestResult):
    """Writes a line for each test to `table`, beside what unittest prints."""

    table: Path

    def startTest(self, test: unittest.TestCase) -> None:
        """Take the time."""
        self._began, self._before = time.perf_counter(), len(self.failures) + len(self.errors)
        super().startTest(test)

    def stopTest(self, test: unittest.TestCase) -> None:
        """Write the line."""
        super().stopTest(test)
        outcome = "failed" if len(self.failures) + len(self.errors) > self._before else "passed"
        with self.table.open("a", encoding="utf-8") as table:
            table.write(f"{outcome} {test.id()} {(time.perf_counter() - self._began) * 1000:.2f} ms\n")


def _flat(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _flat(test)
        else:
            yield test


def main() -> int:
    """Stop at the first test that fails; the exit status is 1 then."""
    parser = argparse.ArgumentParser(prog="tests", description=__doc__)
    parser.add_argument("suite", choices=SUITES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--table", type=Path, required=True, help="a line for each test is added to this file"
    )
    args = parser.parse_args()
    Result.table = args.table
    chance, suite = random.Random(args.seed), unittest.TestSuite()
    for module in SUITES[args.suite]:
        tests = [*_flat(unittest.defaultTestLoader.loadTestsFromName(module))]
        chance.shuffle(tests)
        suite.addTests(tests)
    print(f"{args.suite}: {suite.countTestCases()} tests in the order of seed {args.seed}", flush=True)
    runner = unittest.TextTestRunner(verbosity=2, failfast=True, resultclass=Result)  # type: ignore[arg-type]
    return 0 if runner.run(suite).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
