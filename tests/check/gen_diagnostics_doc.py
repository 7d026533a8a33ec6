# SPDX-License-Identifier: Apache-2.0
"""docs/diagnostics.md from compiler/diag/catalogue.def. Without arguments writes the page; with
--check ROOT tells whether it is fresh."""

import re
import sys
from pathlib import Path

import tree

CATALOGUE = "compiler/diag/catalogue.def"
PAGE = "docs/diagnostics.md"
ROW = re.compile(r'^NETPOLC_DIAGNOSTIC\((\d{4}),\s*(k\w+),\s*k(Note|Warning|Error),\s*'
                 r'((?:"(?:\\.|[^"\\])*"\s*)+)\)', re.MULTILINE)
GROUP = re.compile(r"\b(\d\d)xx ([^,.\n]+)")
STRING = re.compile(r'"((?:\\.|[^"\\])*)"')

INTRODUCTION = """# Diagnostics

Generated from `compiler/diag/catalogue.def` by `tests/check/gen_diagnostics_doc.py`; do not edit.

Every message of netpolc ends with one of these codes. A code never gets another meaning. Errors
make `netpolc` exit with status 3 and nothing is applied; warnings and notes do not change the exit
status.
"""


def page(definition):
    """The page as text. Raises ValueError for a row that it cannot read or a number used twice."""
    rows = ROW.findall(definition)
    if len(rows) != len(re.findall(r"^NETPOLC_DIAGNOSTIC\(", definition, re.MULTILINE)):
        raise ValueError(f"{CATALOGUE}: a row that gen_diagnostics_doc.py cannot read")
    numbers = [row[0] for row in rows]
    if len(set(numbers)) != len(numbers):
        raise ValueError(f"{CATALOGUE}: a number stands twice")
    comments = "\n".join(line for line in definition.split("\n") if line.startswith("//"))
    titles = dict(GROUP.findall(comments))
    out = [INTRODUCTION]
    group = None
    for number, _, severity, summary in sorted(rows):
        if number[:2] != group:
            group = number[:2]
            title = titles.get(group, "others")
            out.append(f"\n## NP{group}xx: {title}\n\n| code | severity | meaning |\n|---|---|---|\n")
        words = "".join(STRING.findall(summary)).replace('\\"', '"').replace("|", "\\|")
        out.append(f"| NP{number} | {severity.lower()} | {words} |\n")
    return "".join(out)


def check(root):
    try:
        wanted = page((Path(root) / CATALOGUE).read_text(encoding="utf-8"))
    except ValueError as error:
        return [str(error)]
    path = Path(root) / PAGE
    if not path.exists() or path.read_text(encoding="utf-8") != wanted:
        return [f"{PAGE} is stale: run python3 tests/check/gen_diagnostics_doc.py"]
    return []


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check"]:
        del sys.argv[1]
        tree.main(check)
    here = Path(__file__).resolve().parents[2]
    (here / PAGE).write_text(page((here / CATALOGUE).read_text(encoding="utf-8")), encoding="utf-8")
