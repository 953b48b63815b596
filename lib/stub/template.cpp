#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <wheelfix/error.hpp>
#include <wheelfix/stub.hpp>

#include "base/file.hpp"
#include "base/glob.hpp"
#include "base/text.hpp"
#include "toml/toml_table.hpp"

namespace wheelfix {

namespace {

constexpr std::string_view from_entry = "as:";
constexpr std::uint64_t smallest_page = 4096;
constexpr std::uint64_t largest_page = 65536;

[[noreturn]] void refuse(const TomlString& value, std::string message, std::string hint = {}) {
  throw Error(ErrorCode::bad_recipe, value.where, std::move(message), std::move(hint));
}

/// A name that the loader looks for: it would take one with a `/` as a path.
std::string library_name(const TomlString& value) {
  if (value.text.find('/') != std::string::npos)
    refuse(value, fmt::format("'{}' is a path, not the name of a library", printable(value.text)),
           "give the name alone, and the folder in rpath");
  return value.text;
}

/// What follows `as:`, or nothing.
std::optional<StubTemplate::Origin> origin(const TomlString& value) {
  if (!value.text.starts_with(from_entry)) return std::nullopt;
  const auto entry = value.text.substr(from_entry.size());
  if (entry.empty()) refuse(value, "as: names no entry", "name one, as in \"as:torch/lib/libtorch_cpu.so\"");
  return StubTemplate::Origin{entry, value.where};
}

class TemplateParser {
 public:
  explicit TemplateParser(const TomlTable& table) : table_(table) {
    stub_.file = table.file();
    table.allow_only({"soname", "machine", "needed", "exclude", "rpath", "rpath-kind", "page-size"});
  }

  StubTemplate parse() {
    stub_.soname = library_name(table_.required_string("soname"));
    read_machine();
    read_needed();
    read_rpath();
    read_page_size();
    return std::move(stub_);
  }

 private:
  void read_machine() {
    const auto value = table_.required_string("machine");
    stub_.machine_from = origin(value);
    if (stub_.machine_from) return;
    if (value.text != "x86_64" && value.text != "aarch64")
      refuse(value, fmt::format("no stub can be made for the machine '{}'", printable(value.text)),
             "machine is x86_64, aarch64, or as: and an entry of the wheel");
    stub_.machine = value.text;
  }

  /// Each of them is compared with all names of the wheel's libraries.
  std::vector<TomlString> short_list(std::string_view key) const {
    constexpr std::size_t most = 2000;
    auto values = table_.strings(key);
    if (values.size() > most) table_.refuse(key, fmt::format("{} has more than {} items", key, most));
    return values;
  }

  void read_needed() {
    for (const auto& value : short_list("exclude")) stub_.exclude.push_back(value.text);
    for (const auto& value : short_list("needed")) {
      stub_.needed.push_back(library_name(value));
      if (is_glob(value.text)) continue;
      const auto excluding = std::ranges::find_if(
          stub_.exclude, [&](const std::string& glob) { return glob_matches(glob, value.text); });
      if (excluding != stub_.exclude.end())
        refuse(value,
               fmt::format("{} is needed, but excluded by {}", printable(value.text), printable(*excluding)),
               "remove one of them");
    }
  }

  void read_rpath() {
    const auto values = table_.strings("rpath");
    for (const auto& value : values) {
      const auto entry = origin(value);
      if (entry && values.size() > 1)
        refuse(value, "as: is given with other entries of rpath", "write rpath = \"as:ENTRY\" alone");
      if (entry) {
        stub_.rpath_from = entry;
      } else {
        add_search_path(value);
      }
    }
    read_rpath_kind();
  }

  void add_search_path(const TomlString& value) {
    for (auto& entry : split_search_path(value.text)) {
      if (entry.empty())
        refuse(value, "rpath has an empty entry, which loaders take for the working directory",
               "write $ORIGIN for the library's own folder");
      stub_.rpath.push_back(std::move(entry));
    }
  }

  void read_rpath_kind() {
    const auto kind = table_.string("rpath-kind");
    if (!kind) return;
    if (kind->text != "rpath" && kind->text != "runpath")
      refuse(*kind, fmt::format("rpath-kind is '{}'", printable(kind->text)), "it must be rpath or runpath");
    if (!table_.has("rpath")) refuse(*kind, "rpath-kind is given without rpath");
    stub_.rpath_kind = kind->text == "rpath" ? SearchPathKind::rpath : SearchPathKind::runpath;
  }

  void read_page_size() {
    stub_.page_size = table_.integer("page-size");
    if (!stub_.page_size) return;
    if (*stub_.page_size < smallest_page || *stub_.page_size > largest_page ||
        !std::has_single_bit(*stub_.page_size))
      table_.refuse("page-size", fmt::format("page-size is {}", *stub_.page_size),
                    fmt::format("it must be a power of two from {} to {}", smallest_page, largest_page));
  }

  const TomlTable& table_;
  StubTemplate stub_;
};

}  // namespace

StubTemplate parse_stub_template(std::string_view text, const std::string& file) {
  const auto table = TomlTable::parse(text, file);
  return TemplateParser(table).parse();
}

StubTemplate load_stub_template(const std::filesystem::path& file) {
  return parse_stub_template(read_file(file, TomlTable::max_size), file.string());
}

}  // namespace wheelfix
