#pragma once

#include <dlfcn.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "support/temp_folder.hpp"

namespace test {

/// A library made from C++ by the compiler that builds these tests. `flags` are for the shell.
inline std::string compiled_library(const TempFolder& folder, const std::string& code,
                                    const std::string& flags) {
  static std::atomic<int> number = 0;
  const auto name = "compiled" + std::to_string(number++);
  const auto source = folder.write(name + ".cpp", code);
  const auto library = folder / (name + ".so");
  const auto command = std::string(WHEELFIX_TEST_COMPILER) + " -shared -fPIC -o '" + library.string() +
                       "' '" + source.string() + "' " + flags;
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
  return slurp(library);
}

/// What a function of a library returns, loaded by the real loader.
inline int answer_of(const std::filesystem::path& library, const char* function) {
  const std::unique_ptr<void, int (*)(void*)> handle(::dlopen(library.c_str(), RTLD_NOW), ::dlclose);
  if (!handle) throw std::runtime_error(::dlerror());
  const auto address = reinterpret_cast<int (*)()>(::dlsym(handle.get(), function));
  if (address == nullptr) throw std::runtime_error(::dlerror());
  return address();
}

}  // namespace test
