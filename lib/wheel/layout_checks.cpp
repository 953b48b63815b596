#include "wheel/layout_checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>

#include "base/finding_sink.hpp"
#include "base/text.hpp"

namespace wheelfix {

namespace {

class LayoutChecker {
 public:
  LayoutChecker(const zip::Archive& archive, const WheelContents& contents, const Limits& limits)
      : archive_(archive), contents_(contents), findings_(archive.file().path().string(), limits.max_alike) {}

  std::vector<Finding> run() {
    if (contents_.wheel_file && contents_.name) {
      check_tags();
      check_build();
    }
    if (contents_.wheel_file) check_purelib();
    if (contents_.name) check_tag_case();
    if (contents_.data_dir) check_data();
    check_odd_data_dirs();
    check_installed_twice();
    check_order();
    check_name_coding();
    check_headers();
    return findings_.take();
  }

 private:
  std::string wheel_file_path() const { return contents_.dist_info + "/WHEEL"; }

  void check_tags() {
    std::set<std::string> in_file;
    for (const auto& line : contents_.wheel_file->get_all("Tag")) {
      const auto tags = expand_tag_set(line);
      if (tags.empty())
        findings_.warning(FindingCode::tags_mismatch, wheel_file_path(),
                          fmt::format("has a Tag that isn't one: {}", printable(line)));
      in_file.insert(tags.begin(), tags.end());
    }
    const auto expanded = contents_.name->expanded_tags();
    const std::set<std::string> in_name(expanded.begin(), expanded.end());
    if (in_file == in_name) return;
    findings_.warning(
        FindingCode::tags_mismatch, wheel_file_path(),
        fmt::format("has {}, the file's name says {}",
                    in_file.empty() ? "no tags"
                                    : "the tags " + printable(fmt::format("{}", fmt::join(in_file, ", "))),
                    fmt::join(in_name, ", ")),
        "installers use the file's name");
  }

  void check_build() {
    const auto in_file = contents_.wheel_file->get("Build");
    if (in_file == contents_.name->build()) return;
    findings_.warning(
        FindingCode::build_mismatch, wheel_file_path(),
        fmt::format("has the build tag {}, the file's name says {}", printable(in_file.value_or("(none)")),
                    contents_.name->build().value_or("(none)")),
        "installers use the file's name");
  }

  void check_purelib() {
    const auto value = ascii_lower(contents_.wheel_file->get("Root-Is-Purelib").value_or(""));
    if (value == "true" || value == "false") return;
    findings_.warning(FindingCode::root_is_purelib, wheel_file_path(),
                      "doesn't say whether Root-Is-Purelib is true or false", "installers read it as false");
  }

  void check_data() {
    constexpr std::array schemes = {"purelib", "platlib", "headers", "scripts", "data"};
    const std::string prefix = *contents_.data_dir + "/";
    std::set<std::string> reported;
    for (const auto& entry : archive_.entries()) {
      if (!entry.path.starts_with(prefix) || entry.path == prefix) continue;
      const auto rest = std::string_view(entry.path).substr(prefix.size());
      const std::string scheme(rest.substr(0, rest.find('/')));
      const bool is_file = rest.find('/') == std::string_view::npos;
      if ((is_file || std::ranges::find(schemes, scheme) == schemes.end()) &&
          reported.insert(scheme).second) {
        findings_.error(
            FindingCode::data_scheme, entry.path,
            fmt::format("isn't in a folder of .data that installers know ({})", fmt::join(schemes, ", ")),
            "pip refuses to install it: ask the publisher for another wheel");
      }
    }
  }

  /// pip unpacks all folders with this ending, uv and installer the one that is spelled like dist-info.
  void check_odd_data_dirs() {
    for (const auto& folder : contents_.odd_data_dirs) {
      const auto spelled = contents_.dist_info.substr(0, contents_.dist_info.rfind('.'));
      findings_.error(
          FindingCode::data_dir_mismatch, folder,
          fmt::format("is a .data folder that isn't spelled {}.data, like dist-info", printable(spelled)),
          "pip unpacks it; uv and installer leave its files in site-packages as they are");
    }
  }

  /// Where an entry is installed in site-packages; empty if it is installed elsewhere. purelib and platlib
  /// are one folder in most Pythons.
  std::string_view installed_path(std::string_view path) const {
    if (path.ends_with('/')) return {};
    if (!contents_.data_dir || !path.starts_with(*contents_.data_dir + "/")) return path;
    path.remove_prefix(contents_.data_dir->size() + 1);
    for (const std::string_view scheme : {"purelib/", "platlib/"}) {
      if (path.starts_with(scheme)) return path.substr(scheme.size());
    }
    return {};
  }

  void check_installed_twice() {
    if (!contents_.data_dir) return;
    std::unordered_map<std::string_view, const zip::Entry*> installed;
    for (const auto& entry : archive_.entries()) {
      const auto path = installed_path(entry.path);
      if (path.empty()) continue;
      const auto [first, is_new] = installed.emplace(path, &entry);
      if (is_new || first->second->path == entry.path) continue;
      findings_.error(FindingCode::installed_twice, entry.path,
                      fmt::format("is installed as the same file as {}", printable(first->second->path)),
                      "one of them is lost: ask the publisher for another wheel");
    }
  }

  void check_tag_case() {
    const auto has_upper = [](const std::string& tag) { return ascii_lower(tag) != tag; };
    if (std::ranges::none_of(contents_.name->expanded_tags(), has_upper)) return;
    findings_.error(FindingCode::bad_file_name, {}, "has tags in upper case",
                    "pip reads them in lower case, uv finds no Python for them: rename the file");
  }

  /// What the specification recommends for readers of a stream: dist-info after everything else, RECORD last
  /// of all.
  void check_order() {
    std::vector<const zip::Entry*> order;
    order.reserve(archive_.entries().size());
    for (const auto& entry : archive_.entries()) order.push_back(&entry);
    if (!std::ranges::is_sorted(order, {}, &zip::Entry::header_offset))
      std::ranges::stable_sort(order, {}, &zip::Entry::header_offset);
    const std::string prefix = contents_.dist_info + "/";
    const auto is_dist_info = [&](const zip::Entry* entry) { return entry->path.starts_with(prefix); };
    const auto first = std::ranges::find_if(order, is_dist_info);
    const auto next = std::find_if_not(first, order.end(), is_dist_info);
    if (next != order.end()) {
      findings_.note(FindingCode::entry_order, (*next)->path,
                     fmt::format("comes after {}", printable((*first)->path)),
                     "dist-info should come last in the archive");
    }
    const auto record = std::ranges::find(order, prefix + "RECORD", &zip::Entry::path);
    if (next == order.end() && record != order.end() && record + 1 != order.end() &&
        !(*(record + 1))->path.starts_with(prefix + "RECORD.")) {
      findings_.note(FindingCode::entry_order, (*(record + 1))->path, "comes after RECORD",
                     "RECORD should be the last entry of the archive");
    }
  }

  void check_name_coding() {
    for (const auto& entry : archive_.entries()) {
      if (!zip::has_unconverted_name(entry)) continue;
      findings_.error(
          FindingCode::unflagged_name, entry.path,
          "its name isn't ASCII and isn't flagged as UTF-8: pip reads it as code page 437, uv refuses it",
          "pack the wheel with a tool that sets the flag (bit 11), as Python's zipfile does");
    }
  }

  /// What some installers refuse, and patch corrects.
  void check_headers() {
    for (const auto& entry : archive_.entries()) {
      if (entry.extra_fault != nullptr) {
        findings_.error(FindingCode::bad_extra_field, entry.path,
                        fmt::format("its extra fields hold {}", entry.extra_fault),
                        "uv refuses it; `wheelfix patch` writes the headers again");
      }
      if (entry.stream_fault != nullptr) {
        findings_.error(FindingCode::stream_unreadable, entry.path, entry.stream_fault,
                        "uv can't read it from an index; `wheelfix patch` writes the headers again");
      }
    }
  }

  const zip::Archive& archive_;
  const WheelContents& contents_;
  FindingSink findings_;
};

}  // namespace

std::vector<Finding> check_layout(const zip::Archive& archive, const WheelContents& contents,
                                  const Limits& limits) {
  return LayoutChecker(archive, contents, limits).run();
}

}  // namespace wheelfix
