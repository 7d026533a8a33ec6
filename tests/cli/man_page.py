#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The man page has every command and every option of --help: man_page.py NETPOLC"""

import pathlib
import re
import subprocess
import sys

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "man" / "netpolc.1"


def help_of(*command):
    return subprocess.run([*command, "--help"], capture_output=True, text=True, check=True).stdout


def main(argv):
    if len(argv) != 2:
        sys.exit(__doc__)
    page = PAGE.read_text()
    commands = re.findall(r"^  (\w+) ", help_of(argv[1]), re.MULTILINE)
    missing = [name for name in commands if f".Cm {name}" not in page]
    options = set()
    for name in commands:
        options |= set(re.findall(r"--([a-z][a-z-]+)", help_of(argv[1], name)))
    missing += sorted(f"--{name}" for name in options - {"help"} if f"Fl -{name}" not in page)
    for name in missing:
        print(f"{PAGE.name} lacks {name}")
    print(f"{len(commands)} commands, {len(options)} options")
    return 1 if missing or not commands or not options else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
