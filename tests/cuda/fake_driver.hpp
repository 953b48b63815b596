#pragma once

#include <cstdlib>
#include <string>
#include <vector>
#include <wheelfix/host_cuda.hpp>

#include "support/compiled_library.hpp"

namespace test {

/// A driver in its own folder, and the variables that it reads.
class FakeDriver {
 public:
  explicit FakeDriver(const std::string& flags = "") {
    library_ = folder_.write("libcuda.so.1", compiled_library(folder_, slurp(WHEELFIX_FAKE_DRIVER),
                                                              "-Wl,-soname,libcuda.so.1 " + flags));
  }
  FakeDriver(const FakeDriver&) = delete;
  FakeDriver& operator=(const FakeDriver&) = delete;
  ~FakeDriver() {
    for (const auto& name : set_) ::unsetenv(name.c_str());
  }

  FakeDriver& with(const std::string& name, const std::string& value) {
    ::setenv(name.c_str(), value.c_str(), 1);
    set_.push_back(name);
    return *this;
  }
  wheelfix::HostCuda ask(std::chrono::milliseconds time = std::chrono::seconds(20)) const {
    return wheelfix::ask_host_cuda(options(time));
  }
  wheelfix::HostCudaOptions options(std::chrono::milliseconds time = std::chrono::seconds(20)) const {
    return {.driver_libraries = {library_.string()}, .root = folder_ / "root", .time = time};
  }
  const std::filesystem::path& library() const { return library_; }

 private:
  TempFolder folder_;
  std::filesystem::path library_;
  std::vector<std::string> set_;
};

}  // namespace test
