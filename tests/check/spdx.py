# SPDX-License-Identifier: Apache-2.0
"""Every file that can hold a comment names its licence in its first line (scripts: after #!)."""

import re

import tree

IDENTIFIER = "SPDX-License-Identifier: Apache-2.0"
SLASHES = re.compile(r"\.(h|cc|def)$")
HASHES = re.compile(r"\.(py|sh|cmake|dict)$|(^|/)(CMakeLists\.txt|\.editorconfig|\.gitignore|"
                    r"\.clang-tidy|\.clang-format)$|^examples/.*\.yaml$|^testenv/(?!.*\.)|^\.ci/")


def check(root):
    problems = []
    for name in tree.files(root):
        if SLASHES.search(name):
            comment = "// "
        elif HASHES.search(name):
            comment = "# "
        else:
            continue
        lines = (tree.text(root, name) or "").split("\n")
        if lines[0].startswith("#!"):
            lines = lines[1:]
        if not lines or lines[0] != comment + IDENTIFIER:
            problems.append(f"{name}: its first line is not `{comment}{IDENTIFIER}`")
    return problems


if __name__ == "__main__":
    tree.main(check)
