# SPDX-License-Identifier: Apache-2.0
import unittest

import gen_diagnostics_doc as generator
from tree_fixture import TreeTest

CATALOGUE = """// 10xx documents, 11xx objects and fields.
NETPOLC_DIAGNOSTIC(1001, kSyntax, kError, "text is \\"bad\\"")
NETPOLC_DIAGNOSTIC(1101, kUnknownField, kWarning, "a field "
                   "too many")
"""


class GeneratorTest(TreeTest):
    def test_page(self):
        page = generator.page(CATALOGUE)
        self.assertIn("## NP10xx: documents", page)
        self.assertIn('| NP1001 | error | text is "bad" |', page)
        self.assertIn("| NP1101 | warning | a field too many |", page)

    def test_stale_page(self):
        self.write(generator.CATALOGUE, CATALOGUE)
        self.assert_problem(generator.check, "stale")
        self.write(generator.PAGE, generator.page(CATALOGUE))
        self.assert_clean(generator.check)
        self.write(generator.CATALOGUE, CATALOGUE.replace("too many", "too few"))
        self.assert_problem(generator.check, "stale")

    def test_unreadable_and_double_rows(self):
        self.write(generator.CATALOGUE, CATALOGUE + "NETPOLC_DIAGNOSTIC(12, kX, kError, \"\")\n")
        self.assert_problem(generator.check, "cannot read")
        self.write(generator.CATALOGUE, CATALOGUE + CATALOGUE)
        self.assert_problem(generator.check, "twice")


if __name__ == "__main__":
    unittest.main()
