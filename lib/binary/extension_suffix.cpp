#include <algorithm>
#include <wheelfix/binary.hpp>

#include "base/text.hpp"

namespace wheelfix {
namespace {

// `cpython-313t-x86_64-linux-gnu` and `cp313t-win_amd64` as `cp313t`, `pypy39-pp73-…` as `pypy39_pp73`.
std::string abi_tag(std::string_view tag) {
  const auto parts = split(tag, '-');
  if (parts.size() > 1 && parts[0] == "cpython") return "cp" + std::string(parts[1]);
  if (parts.size() > 1 && parts[0].starts_with("pypy"))
    return std::string(parts[0]) + "_" + std::string(parts[1]);
  return std::string(parts[0]);
}

}  // namespace

std::optional<ExtensionSuffix> extension_suffix(std::string_view path) {
  const auto name = file_name(path);
  const auto module_end = name.find('.');
  if (module_end == 0 || module_end == std::string_view::npos) return std::nullopt;
  const auto text = name.substr(module_end);
  const bool is_pyd = text.ends_with(".pyd");
  if (!is_pyd && !text.ends_with(".so")) return std::nullopt;
  ExtensionSuffix suffix{.text = std::string(text), .python = {}};
  const auto extension = std::string_view(is_pyd ? ".pyd" : ".so");
  const auto tag = text.size() > extension.size() ? text.substr(1, text.size() - extension.size() - 1)
                                                  : std::string_view();
  if (tag.empty()) return is_pyd || !name.starts_with("lib") ? std::optional(suffix) : std::nullopt;
  if (tag.find('.') != std::string_view::npos) return std::nullopt;
  if (tag == "abi3" || tag == "abi3t") {
    suffix.abi3 = true;
    suffix.free_threaded = tag == "abi3t";
    return suffix;
  }
  const bool is_python = tag.starts_with("cpython-") || tag.starts_with("pypy") ||
                         tag.starts_with("graalpy") || (is_pyd && tag.starts_with("cp"));
  if (!is_python) return std::nullopt;
  suffix.python = abi_tag(tag);
  suffix.free_threaded = suffix.python->starts_with("cp") && suffix.python->ends_with('t');
  return suffix;
}

bool is_imported(const ExtensionSuffix& suffix, const std::set<std::string>& abis) {
  if (suffix.abi3) return abis.contains(suffix.free_threaded ? "abi3t" : "abi3");
  return !suffix.python || abis.contains(*suffix.python);
}

}  // namespace wheelfix
