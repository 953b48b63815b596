#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <wheelfix/finding.hpp>
#include <wheelfix/host_cuda.hpp>
#include <wheelfix/layout.hpp>
#include <wheelfix/limits.hpp>
#include <wheelfix/progress.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

struct DoctorOptions {
  Layout layout = Layout::parse("shared");
  /// The Python that should take the wheels: a tag, `cp313t`, or the path of an interpreter, which is run.
  std::optional<std::string> python = {};
  /// The root folder of the system's files, `/` for this machine; empty: what the wheels' tags promise.
  std::filesystem::path sysroot = {};
  /// How to ask this machine about CUDA, to compare the wheels with it; nothing: don't.
  std::optional<HostCudaOptions> host = {};
  Limits limits = {};
  unsigned jobs = 0;  ///< threads; 0: one for each processor. The result doesn't depend on it
  ProgressCallback progress = {};
};

/// Says what is wrong with a set of wheels before it runs; apps/wheelfix/findings.md lists the codes. Folders
/// are taken as site-packages, and their .dist-info is compared with the files. A wheel that can't be read is
/// a finding, and the others are examined. Findings come in the order of the wheels, those of the set's CUDA
/// and of the machine last. None of the wheels' code is run. Throws Error{usage} for a Python that doesn't
/// exist, Error{io | cancelled}.
std::vector<Finding> examine(const std::vector<std::filesystem::path>& inputs, const DoctorOptions& options);

/// The entries that the wheels' extension modules need from the set, each after those that it needs: the
/// order in which they can be loaded by their paths (see preload_order). Throws as Wheel::open and
/// read_libraries.
std::vector<std::string> preload_entries(const std::vector<std::filesystem::path>& wheels,
                                         const DoctorOptions& options);

/// What the wheels' extension modules need, and what Python files load on import, in the language of
/// Graphviz: a cluster for each wheel, a box for each library, a red edge if the loader alone doesn't find
/// what is needed: to the library of the set that has its name, out of reach, or to a red box. What the
/// system promises is left out. Throws as Wheel::open and read_libraries.
std::string dependency_graph(const std::vector<std::filesystem::path>& wheels, const DoctorOptions& options);

}  // namespace wheelfix
#pragma GCC visibility pop
