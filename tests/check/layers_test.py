# SPDX-License-Identifier: Apache-2.0
import unittest

import layers
from tree_fixture import TreeTest


class LayersTest(TreeTest):
    def test_accepts_the_flow(self):
        self.write("include/netpolc/ip.h", "#include <cstdint>\n#include \"netpolc/result.h\"\n")
        self.write("compiler/policy/resolve.cc",
                   '#include "compiler/policy/ir.h"\n#include "compiler/model/policy.h"\n'
                   '#include <fmt/format.h>\n')
        self.write("backends/nft_netlink/apply.cc",
                   '#include <libmnl/libmnl.h>\n#include "compiler/support/check.h"\n'
                   '#include "backends/nft_netlink/apply.h"\n')
        self.write("cli/main.cc", '#include <boost/program_options.hpp>\n'
                                  '#include "compiler/driver/compile.h"\n#include <iostream>\n')
        self.write("compiler/document/yaml.cc", "#include <yaml-cpp/yaml.h>\n")
        self.write("tests/unit/cli/args_test.cc", '#include "cli/args.h"\n')
        self.assert_clean(layers.check)

    def test_refuses_the_way_back(self):
        for name, included in [
                ("compiler/model/policy.h", "compiler/policy/ir.h"),
                ("compiler/model/policy.h", "compiler/document/value.h"),
                ("compiler/diag/sink.h", "compiler/model/labels.h"),
                ("compiler/driver/compile.cc", "compiler/cases/load.h"),
                ("compiler/driver/compile.cc", "backends/nft_text/emit.h"),
                ("backends/nft_text/emit.cc", "compiler/dataplane/lower.h"),
                ("testenv/lab/lab.cc", "compiler/diag/sink.h"),
                ("runtime/netpold.cc", "compiler/driver/compile.h"),
                ("compiler/cases/load.cc", "cli/args.h"),
                ("tests/unit/diag/sink_test.cc", "cli/args.h"),
        ]:
            with self.subTest(name=name, included=included):
                self.write(name, f'#include "{included}"\n')
                self.assert_problem(layers.check, included)
                (self.root / name).unlink()

    def test_keeps_libraries_in_their_place(self):
        for name, included in [
                ("compiler/document/parse.cc", "yaml-cpp/yaml.h"),
                ("compiler/driver/compile.cc", "boost/program_options.hpp"),
                ("cli/main.cc", "libmnl/libmnl.h"),
                ("compiler/api/load.cc", "rapidjson/document.h"),
                ("compiler/diag/sink.cc", "iostream"),
                ("include/netpolc/ip.h", "fmt/format.h"),
                ("include/netpolc/ip.h", "unistd.h"),
        ]:
            with self.subTest(name=name, included=included):
                self.write(name, f"#  include <{included}>\n")
                self.assert_problem(layers.check, included)
                (self.root / name).unlink()

    def test_refuses_relative_paths_and_unknown_folders(self):
        self.write("compiler/diag/sink.cc", '#include "sink.h"\n')
        self.assert_problem(layers.check, "not a path from the root")
        self.write("compiler/analysis/diff.cc", "")
        self.assert_problem(layers.check, "no row")
        self.write("cli/main.cc", '#include "compiler/analysis/diff.h"\n')
        self.assert_problem(layers.check, "does not know")


if __name__ == "__main__":
    unittest.main()
