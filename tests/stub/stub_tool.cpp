// stub_tool TEMPLATE [ENTRY=LIBRARY...] writes to stdout the stub that the template makes for a wheel with
// these libraries, so that other tools can be held against it.
#include <cstdio>
#include <iostream>
#include <wheelfix/error.hpp>
#include <wheelfix/stub.hpp>

#include "base/file.hpp"

int main(int argc, char** argv) {
  try {
    wheelfix::StubLibraries libraries;
    for (int i = 2; i < argc; ++i) {
      const std::string argument = argv[i];
      const auto equals = argument.find('=');
      const auto file = argument.substr(equals + 1);
      libraries.emplace(argument.substr(0, equals), wheelfix::read_binary(wheelfix::read_file(file), file));
    }
    std::cout << wheelfix::make_stub(wheelfix::load_stub_template(argv[1]), libraries);
    return 0;
  } catch (const wheelfix::Error& error) {
    std::cerr << error.what() << '\n';
    return wheelfix::exit_status(error.code());
  }
}
