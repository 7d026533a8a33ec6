#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Golden files of every stage: run.py NETPOLC [--rebase] [CASE...]

A case is a directory beside this script: policy.yaml, inventory.yaml, optionally `args` (options of
`netpolc compile`, blank-separated), and expected/STAGE.txt and expected/ruleset.nft. --rebase writes
what the program prints now; the review reads the difference.
"""

import difflib
import pathlib
import subprocess
import sys

STAGES = ["model", "policy", "optimized", "dataplane"]


def compile_case(netpolc, case, extra):
    args = (case / "args").read_text().split() if (case / "args").exists() else []
    command = [netpolc, "compile", "-f", "policy.yaml", "-i", "inventory.yaml", *args, *extra]
    done = subprocess.run(command, cwd=case, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr}")
    return done.stdout


def outputs(netpolc, case):
    for stage in STAGES:
        yield f"{stage}.txt", compile_case(netpolc, case, [f"--dump={stage}"])
    yield "ruleset.nft", compile_case(netpolc, case, [])


def check_case(netpolc, case, rebase):
    """The differences of one case, as text."""
    found = []
    for name, text in outputs(netpolc, case):
        path = case / "expected" / name
        if rebase:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            continue
        expected = path.read_text() if path.exists() else ""
        if text != expected:
            found += difflib.unified_diff(
                expected.splitlines(), text.splitlines(), str(path), "now", lineterm="")
    return found


def main(argv):
    rebase = "--rebase" in argv
    words = [word for word in argv[1:] if word != "--rebase"]
    if not words:
        sys.exit(__doc__)
    netpolc = str(pathlib.Path(words[0]).resolve())
    root = pathlib.Path(__file__).resolve().parent
    cases = [root / name for name in words[1:]] or sorted(
        path.parent for path in root.glob("*/policy.yaml"))
    failed = 0
    for case in cases:
        try:
            differences = check_case(netpolc, case, rebase)
        except RuntimeError as error:
            differences = str(error).splitlines()
        print(f"{'FAIL' if differences else 'ok  '} {case.name}")
        failed += bool(differences)
        for line in differences[:200]:
            print(f"    {line}")
    print(f"{len(cases) - failed} of {len(cases)} golden cases match")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
