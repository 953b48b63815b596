#include "wheel/layout_checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"

namespace wheelfix {

namespace {

class LayoutChecker {
 public:
  LayoutChecker(const zip::Archive& archive, const WheelContents& contents)
      : archive_(archive), contents_(contents) {}

  std::vector<Finding> run() {
    if (contents_.wheel_file && contents_.name) {
      check_tags();
      check_build();
    }
    if (contents_.wheel_file) check_purelib();
    if (contents_.data_dir) check_data();
    check_order();
    check_name_coding();
    return std::move(findings_);
  }

 private:
  void add(std::string code, Severity severity, std::string path, std::string message,
           std::string hint = {}) {
    findings_.push_back({std::move(code), severity, archive_.file().path().string(), std::move(path),
                         std::move(message), std::move(hint)});
  }

  std::string wheel_file_path() const { return contents_.dist_info + "/WHEEL"; }

  void check_tags() {
    std::set<std::string> in_file;
    for (const auto& line : contents_.wheel_file->get_all("Tag")) {
      const auto tags = expand_tag_set(line);
      if (tags.empty())
        add("tags-mismatch", Severity::warning, wheel_file_path(),
            fmt::format("has a Tag that is none: {}", printable(line)));
      in_file.insert(tags.begin(), tags.end());
    }
    const auto expanded = contents_.name->expanded_tags();
    const std::set<std::string> in_name(expanded.begin(), expanded.end());
    if (in_file == in_name) return;
    add("tags-mismatch", Severity::warning, wheel_file_path(),
        fmt::format("has the tags {}, the file's name {}",
                    printable(fmt::format("{}", fmt::join(in_file, ", "))), fmt::join(in_name, ", ")),
        "installers go by the file's name");
  }

  void check_build() {
    const auto in_file = contents_.wheel_file->get("Build");
    if (in_file == contents_.name->build()) return;
    add("build-mismatch", Severity::warning, wheel_file_path(),
        fmt::format("has the build tag {}, the file's name {}", printable(in_file.value_or("(none)")),
                    contents_.name->build().value_or("(none)")),
        "installers go by the file's name");
  }

  void check_purelib() {
    const auto value = ascii_lower(contents_.wheel_file->get("Root-Is-Purelib").value_or(""));
    if (value == "true" || value == "false") return;
    add("root-is-purelib", Severity::warning, wheel_file_path(),
        "doesn't say whether Root-Is-Purelib is true or false", "installers take it as false");
  }

  void check_data() {
    constexpr std::array schemes = {"purelib", "platlib", "headers", "scripts", "data"};
    const std::string prefix = *contents_.data_dir + "/";
    std::set<std::string> told;
    for (const auto& entry : archive_.entries()) {
      if (!entry.path.starts_with(prefix) || entry.path == prefix) continue;
      const auto rest = std::string_view(entry.path).substr(prefix.size());
      const std::string scheme(rest.substr(0, rest.find('/')));
      const bool is_file = rest.find('/') == std::string_view::npos;
      if ((is_file || std::ranges::find(schemes, scheme) == schemes.end()) && told.insert(scheme).second) {
        add("data-scheme", Severity::error, entry.path,
            fmt::format("is in no folder that installers know of in .data ({})", fmt::join(schemes, ", ")),
            "pip refuses to install it: ask the publisher for another wheel");
      }
    }
  }

  /// What a streaming reader needs: dist-info behind everything else, RECORD the very last.
  void check_order() {
    std::vector<const zip::Entry*> order;
    for (const auto& entry : archive_.entries()) order.push_back(&entry);
    std::ranges::stable_sort(order, {}, &zip::Entry::header_offset);
    const std::string prefix = contents_.dist_info + "/";
    const auto is_dist_info = [&](const zip::Entry* entry) { return entry->path.starts_with(prefix); };
    const auto first = std::ranges::find_if(order, is_dist_info);
    const auto behind = std::find_if_not(first, order.end(), is_dist_info);
    if (behind != order.end()) {
      add("entry-order", Severity::warning, (*behind)->path,
          fmt::format("lies behind {}", printable((*first)->path)),
          "dist-info should come last in the archive");
    }
    const auto record =
        std::ranges::find(order, prefix + "RECORD", [](const zip::Entry* entry) { return entry->path; });
    if (behind == order.end() && record != order.end() && record + 1 != order.end() &&
        !(*(record + 1))->path.starts_with(prefix + "RECORD.")) {
      add("entry-order", Severity::warning, (*(record + 1))->path, "lies behind RECORD",
          "RECORD should be the last entry of the archive");
    }
  }

  void check_name_coding() {
    const auto is_ascii = [](std::string_view text) {
      return std::ranges::all_of(text, [](char c) { return (c & 0x80) == 0; });
    };
    for (const auto& entry : archive_.entries()) {
      if ((entry.flags & zip::flag::utf8_name) != 0 || is_ascii(entry.raw_name)) continue;
      add("unflagged-name", Severity::error, entry.path,
          "its name isn't ASCII and isn't flagged as UTF-8: pip takes it as code page 437, uv refuses it",
          "pack the wheel with a tool that sets the flag (bit 11), as Python's zipfile does");
    }
  }

  const zip::Archive& archive_;
  const WheelContents& contents_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> check_layout(const zip::Archive& archive, const WheelContents& contents) {
  return LayoutChecker(archive, contents).run();
}

}  // namespace wheelfix
