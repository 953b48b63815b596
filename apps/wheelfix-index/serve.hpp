#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>
#include <wheelfix/serve.hpp>

#include "common/console.hpp"

namespace cli {

/// The words of a command line in which each `--serve` has its port, as cxxopts needs it: the next word, if
/// that is a number, else the usual one.
std::vector<std::string> with_port(int argc, char** argv);

/// Serves an index on loopback until a signal. `announce` is called with its URL as soon as it can be used.
/// Throws Error{cancelled} after the signal, and Error{io} if the port is in use.
[[noreturn]] void serve(const wheelfix::ServedIndex& index, std::uint16_t port, Verbosity verbosity,
                        const std::function<void(const std::string& url)>& announce);

}  // namespace cli
