# SPDX-License-Identifier: Apache-2.0
"""The one-way dependencies between folders, by what their files include."""

import re
from pathlib import PurePosixPath

import tree

# A folder may include itself, the public headers (include/netpolc) and the folders of its row,
# nothing else. The order is the flow of the data; "*" is every folder but cli.
BASICS = ["compiler/support", "compiler/diag"]
PARSED = BASICS + ["compiler/document", "compiler/model"]
ALLOWED = {
    "include/netpolc": [],
    "compiler/support": [],
    "compiler/diag": ["compiler/support"],
    "compiler/document": BASICS,
    "compiler/model": BASICS,
    "compiler/api": PARSED,
    "compiler/policy": PARSED + ["compiler/api"],
    "compiler/optimize": PARSED + ["compiler/api", "compiler/policy"],
    "compiler/dataplane": PARSED + ["compiler/api", "compiler/policy", "compiler/optimize"],
    "compiler/eval": PARSED + ["compiler/api", "compiler/policy", "compiler/optimize",
                               "compiler/dataplane"],
    "compiler/driver": PARSED + ["compiler/api", "compiler/policy", "compiler/optimize",
                                 "compiler/dataplane", "compiler/eval"],
    "compiler/cases": PARSED + ["compiler/api", "compiler/policy", "compiler/optimize",
                                "compiler/dataplane", "compiler/eval", "compiler/driver"],
    "backends": ["compiler/support"],
    "testenv/lab": ["compiler/support"],
    "runtime": ["backends"],
    "cli": ["*"],
    "bench": ["*"],
    "tests/unit/cli": ["*", "cli"],
    "tests": ["*"],
}

# Libraries that cost much to include or whose use must stay in one place: where they may be.
LIBRARIES = {
    "yaml-cpp/": ["compiler/document/yaml.cc"],
    "boost/program_options": ["cli/"],
    "libmnl/": ["backends/nft_netlink/", "testenv/lab/"],
    "rapidjson/": ["compiler/document/json.cc", "compiler/diag/render.cc"],
    "iostream": ["cli/", "tests/", "bench/"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.MULTILINE)
OWN_ROOTS = ("compiler", "backends", "testenv", "runtime", "cli", "tests", "bench")


def folder_of(path):
    """The row of ALLOWED that the path belongs to (the longest that fits), or None."""
    rows = [row for row in ALLOWED if path.startswith(row + "/")]
    return max(rows, key=len) if rows else None


def may_include(source, target):
    """Whether a file of row `source` may include one of row `target`."""
    if target in (source, "include/netpolc"):
        return True
    allowed = ALLOWED[source]
    return target in allowed or ("*" in allowed and target != "cli")


def problem_of(name, row, quote, included):
    """What is wrong with one include of file `name`, or None."""
    for library, places in LIBRARIES.items():
        if included.startswith(library) and not name.startswith(tuple(places)):
            return f"<{included}> may only be included by {', '.join(places)}"
    if included.startswith("netpolc/"):
        return None
    if included.split("/")[0] in OWN_ROOTS:
        target = folder_of(included)
        if target is None:
            return f'"{included}" is in a folder that tests/check/layers.py does not know'
        return None if may_include(row, target) else f"{row} must not include {target} ({included})"
    if quote == '"':
        return f'"{included}" is not a path from the root of the tree'
    if row == "include/netpolc" and re.search(r"[./]", included):
        return f"public headers include the standard library only, not <{included}>"
    return None


def check(root):
    problems = []
    for name in tree.sources(root):
        row = folder_of(name)
        if row is None:
            problems.append(f"{name}: its folder has no row in tests/check/layers.py")
            continue
        for quote, included in INCLUDE.findall(tree.text(root, name) or ""):
            problem = problem_of(name, row, quote, str(PurePosixPath(included)))
            if problem:
                problems.append(f"{name}: {problem}")
    return problems


if __name__ == "__main__":
    tree.main(check)
