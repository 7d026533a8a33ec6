// SPDX-License-Identifier: Apache-2.0
// Cases written to a temporary directory, and small objects for them.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>

namespace netpolc::cases {

// Removed with the object.
class CaseFiles {
 public:
  CaseFiles() {
    static std::atomic<int> next = 0;
    root_ = std::filesystem::path(testing::TempDir()) /
            ("netpolc_cases_" + std::to_string(::getpid()) + "_" + std::to_string(next++));
    std::filesystem::create_directories(root_);
  }
  ~CaseFiles() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  CaseFiles(const CaseFiles&) = delete;
  CaseFiles& operator=(const CaseFiles&) = delete;

  // `path` is relative; its folders are made.
  void write(const std::string& path, const std::string& text) const {
    const std::filesystem::path full = root_ / path;
    std::filesystem::create_directories(full.parent_path());
    std::ofstream(full, std::ios::binary) << text;
  }
  std::string root() const { return root_.string(); }

 private:
  std::filesystem::path root_;
};

inline std::string pod_text(const std::string& space, const std::string& name,
                            const std::string& ips, const std::string& more_spec = "") {
  return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + name + ", namespace: " + space +
         ", labels: {app: " + name +
         "}}\nspec:\n  nodeName: node-1\n  containers:\n    - name: main\n      image: i\n"
         "      ports: [{name: http, containerPort: 8080}]\n" +
         more_spec + "status:\n  phase: Running\n  podIPs: [" + ips + "]\n";
}

// Namespace x; pods x/a (both families), x/b (both) and x/c (IPv4 only); x/h on the network of
// node-1; the Service x/b at 10.96.0.1 and fd00:96::1, port 80 to 8080.
inline std::string small_cluster() {
  return "apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n"
         "---\napiVersion: v1\nkind: Node\nmetadata: {name: node-1}\nstatus:\n  addresses:\n"
         "    - {type: InternalIP, address: 172.18.0.1}\n"
         "    - {type: InternalIP, address: 'fd00:18::1'}\n"
         "    - {type: ExternalIP, address: 198.51.100.1}\n"
         "    - {type: Hostname, address: node-1}\n" +
         pod_text("x", "a", "{ip: 10.0.0.1}, {ip: 'fd00::1'}") +
         pod_text("x", "b", "{ip: 10.0.0.2}, {ip: 'fd00::2'}") +
         pod_text("x", "c", "{ip: 10.0.0.3}") +
         pod_text("x", "h", "{ip: 172.18.0.1}", "  hostNetwork: true\n") +
         "---\napiVersion: v1\nkind: Service\nmetadata: {name: b, namespace: x}\nspec:\n"
         "  clusterIP: 10.96.0.1\n  clusterIPs: [10.96.0.1, 'fd00:96::1']\n"
         "  selector: {app: b}\n  ports: [{port: 80, targetPort: 8080}]\n";
}

// x/b is reached by x/a on TCP 8080 alone.
inline std::string small_policy() {
  return "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
         "metadata: {name: p, namespace: x}\nspec:\n  podSelector: {matchLabels: {app: b}}\n"
         "  ingress:\n    - from:\n        - podSelector: {matchLabels: {app: a}}\n"
         "      ports: [{port: 8080}]\n";
}

}  // namespace netpolc::cases
