# SPDX-License-Identifier: Apache-2.0
"""What the checks share: the files of the tree, and how a check reports."""

import os
import subprocess
import sys
from pathlib import Path

SKIP = 77  # CTest's exit status for "not run", with the reason printed


def files(root):
    """Every source file below root as a sorted list of relative paths: tracked ones and new ones
    that .gitignore does not name; in a tree without git, all but build folders."""
    root = Path(root)
    if (root / ".git").exists():
        # safe.directory: the tree may belong to another user.
        listing = subprocess.run(
            ["git", "-c", "safe.directory=*", "-C", str(root), "ls-files", "-z", "--cached",
             "--others", "--exclude-standard"], capture_output=True, check=False)
        if listing.returncode == 0:
            names = {name for name in listing.stdout.decode().split("\0") if name}
            return sorted(name for name in names if (root / name).is_file())
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders
                      if not name.startswith((".", "build")) and name != "__pycache__"]
        found += [str((Path(folder) / name).relative_to(root)) for name in names]
    return sorted(found)


def sources(root):
    """The C++ files of files()."""
    return [name for name in files(root) if name.endswith((".h", ".cc"))]


def text(root, name):
    """The file's text, or None if it is not text."""
    try:
        return (Path(root) / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def skip(reason):
    """Ends the check as not run; in CI, where everything must be there, as failed."""
    print(f"skipped: {reason}")
    sys.exit(1 if os.environ.get("CI") == "true" else SKIP)


def main(check):
    """Runs check(root) -> list of problems for the root in argv[1] and exits by its outcome."""
    root = sys.argv[1] if len(sys.argv) > 1 else str(Path(__file__).resolve().parents[2])
    problems = check(root)
    for problem in problems:
        print(problem)
    print(f"{Path(sys.argv[0]).name}: {len(problems)} problems")
    sys.exit(1 if problems else 0)
