# SPDX-License-Identifier: Apache-2.0
"""demo_table.py PROBES TEST_LOG: the rows of a probes file of ours (one row a line) as a table, each
with whether `netpolc test --live`, whose output TEST_LOG is, saw what the row expects."""

import re
import sys
from pathlib import Path

ROW = re.compile(r"^\s*- \{(.*)\}")
ENTRY = re.compile(r'(\w+): (\[[^\]]*\]|"[^"]*"|[^,]+)')
FAILURE = re.compile(r"probes\.yaml:(\d+):")


def rows(text):
    """(line number, {key: value}) of each row."""
    for number, line in enumerate(text.split("\n"), 1):
        match = ROW.match(line)
        if match:
            yield number, {key: value.strip("[] ").replace('"', "")
                           for key, value in ENTRY.findall(match.group(1))}


def main():
    probes = Path(sys.argv[1]).read_text(encoding="utf-8")
    log = Path(sys.argv[2]).read_text(encoding="utf-8")
    if "live)" not in log:
        print(log, end="")
        return 1
    failed = {int(number) for number in FAILURE.findall(log)}
    table = [("from", "to", "port", "expected", "seen")]
    for number, row in rows(probes):
        expected = "passes" if row["expect"] == "allow" else "dropped"
        table.append((row["from"], row["to"], f"{row.get('protocol', 'TCP')} {row['port']}",
                      expected, "SOMETHING ELSE" if number in failed else expected))
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
    for line in log.split("\n"):
        if line.startswith("FAIL"):
            print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
