# SPDX-License-Identifier: Apache-2.0
"""Every C++ file is as clang-format-19 would write it."""

import shutil
import subprocess

import tree

TOOL = "clang-format-19"


def check(root):
    names = tree.sources(root)
    if not names:
        return []
    run = subprocess.run([TOOL, "--dry-run", "-Werror", *names], cwd=root, capture_output=True,
                         text=True, check=False)
    problems = [line for line in run.stderr.split("\n") if ": error: " in line]
    if run.returncode != 0 and not problems:
        problems.append(f"{TOOL} failed: {run.stderr.strip()}")
    return problems


if __name__ == "__main__":
    if shutil.which(TOOL) is None:
        tree.skip(f"{TOOL} is not installed")
    tree.main(check)
