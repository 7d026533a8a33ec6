# SPDX-License-Identifier: Apache-2.0
"""summary.py BROKEN REPORTS_DIR: adds up ctest's JUnit reports. The last line of the output is
`N passed, N failed, N skipped`; BROKEN (builds or runs that left no report) counts as failed. Exit
status 1 if anything failed or nothing passed."""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def outcome(case):
    """"passed", "failed" or "skipped" for one test of a report. A test that could not be started
    is reported as not run, like a skipped one, but it is a failure."""
    status = case.get("status")
    if status == "run":
        return "passed"
    skipped = case.find("skipped")
    if status == "disabled" or (skipped is not None and
                                skipped.get("message", "").startswith("SKIP_")):
        return "skipped"
    return "failed"


def read(report):
    """{outcome: [names]} of one report."""
    cases = {"passed": [], "failed": [], "skipped": []}
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        cases[outcome(case)].append(case.get("name"))
    return cases


def main():
    total = {"passed": 0, "failed": int(sys.argv[1]), "skipped": 0}
    if total["failed"]:
        print(f"{total['failed']} builds or test runs broke")
    for report in sorted(Path(sys.argv[2]).glob("*.xml")):
        cases = read(report)
        print(f"{report.stem}: " + ", ".join(f"{len(names)} {kind}" for kind, names in cases.items()))
        for kind in ("failed", "skipped"):
            for name in cases[kind]:
                print(f"  {kind}: {name}")
        for kind, names in cases.items():
            total[kind] += len(names)
    print(", ".join(f"{count} {kind}" for kind, count in total.items()))
    sys.exit(1 if total["failed"] or not total["passed"] else 0)


if __name__ == "__main__":
    main()
