# SPDX-License-Identifier: Apache-2.0
"""No notes of unfinished work in the tree: what is left to do is not told in comments."""

import re

import tree

FORBIDDEN = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|\bfor now\b", re.IGNORECASE)
# The check itself and its test must say the words; a fuzz corpus is other people's bytes.
EXEMPT = re.compile(r"^(LICENSE$|tests/check/wording|tests/fuzz/corpus/)")


def check(root):
    problems = []
    for name in tree.files(root):
        if EXEMPT.match(name):
            continue
        for number, line in enumerate((tree.text(root, name) or "").split("\n"), 1):
            match = FORBIDDEN.search(line)
            if match:
                problems.append(f"{name}:{number}: says `{match.group()}`")
    return problems


if __name__ == "__main__":
    tree.main(check)
