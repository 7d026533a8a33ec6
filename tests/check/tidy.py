# SPDX-License-Identifier: Apache-2.0
"""clang-tidy-19 over the files of a compilation database, two at a time.

tidy.py BUILD_DIR [--root ROOT] [PREFIX...]: only files whose path below ROOT starts with a PREFIX.
A file that was clean is remembered in BUILD_DIR/tidy by a digest of all that it was made from."""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import tree

TOOL = "clang-tidy-19"


def database(build, root, prefixes):
    """The database's entries of files in the tree, once each."""
    entries = {}
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        path = (Path(entry["directory"]) / entry["file"]).resolve()
        if root not in path.parents or build in path.parents:
            continue
        name = str(path.relative_to(root))
        if not prefixes or name.startswith(tuple(prefixes)):
            entries[name] = entry
    return entries


def digest(entry, root):
    """Over the configuration, the command and the file with everything that it includes from the
    tree; None if the preprocessor fails (clang-tidy will then say why)."""
    words = entry["command"].split()
    words = words[1:] if "ccache" in words[0] else words
    command = [word for word in words if word not in ("-c",)]
    if "-o" in command:
        at = command.index("-o")
        del command[at:at + 2]
    run = subprocess.run([*command, "-MM"], cwd=entry["directory"], capture_output=True, text=True,
                         check=False)
    if run.returncode != 0:
        return None
    names = run.stdout.split(":", 1)[1].replace("\\\n", " ").split()
    total = hashlib.sha256((root / ".clang-tidy").read_bytes() + " ".join(command).encode())
    for name in names:
        total.update((Path(entry["directory"]) / name).read_bytes())
    return total.hexdigest()


def tidy(entry, name, build, root):
    """clang-tidy's output for one file, "" if it has nothing to say."""
    key = digest(entry, root)
    stamp = build / "tidy" / (key or "none")
    if key and stamp.exists():
        return ""
    run = subprocess.run([TOOL, "-p", str(build), "--quiet", str(root / name)],
                         capture_output=True, text=True, check=False)
    if run.returncode == 0 and "warning:" not in run.stdout:
        if key:
            stamp.parent.mkdir(exist_ok=True)
            stamp.touch()
        return ""
    return run.stdout + run.stderr


def check(build, root, prefixes=()):
    """Outputs of the files that clang-tidy finds fault with."""
    entries = database(build, root, prefixes)
    if not entries:
        return [f"{build}/compile_commands.json names no file of the tree"]
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        outputs = pool.map(lambda name: tidy(entries[name], name, build, root), sorted(entries))
        return [output for output in outputs if output]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=Path)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument("prefix", nargs="*")
    options = parser.parse_intermixed_args()
    if shutil.which(TOOL) is None:
        tree.skip(f"{TOOL} is not installed")
    problems = check(options.build.resolve(), options.root.resolve(), options.prefix)
    for problem in problems:
        print(problem)
    print(f"tidy.py: {len(problems)} files with findings")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
