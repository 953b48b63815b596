#include "wheel/contents.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <wheelfix/error.hpp>

#include "base/finding_sink.hpp"
#include "base/text.hpp"
#include "wheel/document.hpp"
#include "wheel/header_faults.hpp"

namespace wheelfix {

namespace {

constexpr std::size_t spare_rows = 10'000;

class ContentsReader {
 public:
  ContentsReader(const zip::Archive& archive, const Limits& limits)
      : archive_(archive),
        limits_(limits),
        wheel_(archive.file().path().string()),
        findings_(archive.file().path().string(), limits.max_alike) {}

  WheelContents run() {
    read();
    contents_.findings = findings_.take();
    return std::move(contents_);
  }

 private:
  void read() {
    read_name();
    find_dist_info();
    if (contents_.dist_info.empty() || !archive_.can_read()) return;
    contents_.metadata = read_document<HeaderDocument>("METADATA", FindingCode::metadata_unreadable);
    contents_.wheel_file = read_document<HeaderDocument>("WHEEL", FindingCode::wheel_file_unreadable);
    contents_.record = read_document<Record>("RECORD", FindingCode::record_unreadable);
    warn_of_stray_line(contents_.metadata, "METADATA");
    warn_of_stray_line(contents_.wheel_file, "WHEEL");
    if (contents_.name) compare_identity();
    find_data_dir();
    check_wheel_version();
  }

  void read_name() {
    try {
      contents_.name = WheelName::parse(archive_.file().path().filename().string());
    } catch (const Error& error) {
      findings_.add(to_finding(error, FindingCode::bad_file_name, archive_.file().path()));
    }
  }

  /// The names with this ending at the top, of folders and files alike: pip makes no difference between them.
  std::set<std::string> top_names(std::string_view suffix) const {
    std::set<std::string> names;
    for (const auto& entry : archive_.entries()) {
      const auto name = std::string_view(entry.path).substr(0, entry.path.find('/'));
      if (name.ends_with(suffix)) names.emplace(name);
    }
    return names;
  }

  void find_dist_info() {
    const auto folders = top_names(".dist-info");
    if (folders.size() == 1) {
      contents_.dist_info = *folders.begin();
    } else if (folders.empty()) {
      findings_.error(FindingCode::no_dist_info, {},
                      "has no .dist-info folder at its top, so it is not a wheel",
                      "was it made by zip instead of a build backend?");
    } else {
      findings_.error(FindingCode::two_dist_info, {},
                      fmt::format("has {} .dist-info folders: {}", folders.size(),
                                  printable(fmt::format("{}", fmt::join(folders, ", ")))),
                      "installers accept exactly one: ask the publisher for another wheel");
    }
  }

  const zip::Entry* find(const std::string& path) const {
    const auto found = std::ranges::find(archive_.entries(), path, &zip::Entry::path);
    return found == archive_.entries().end() ? nullptr : &*found;
  }

  template <class Document>
  std::optional<Document> read_document(const char* file, FindingCode code) {
    const std::string path = contents_.dist_info + "/" + file;
    const auto* entry = find(path);
    if (entry == nullptr) {
      findings_.error(code, path, "is not in the wheel",
                      "installers need it: ask the publisher for another wheel");
      return std::nullopt;
    }
    try {
      require_document_size(entry->size, limits_);
      return parse_document<Document>(archive_.read(*entry), archive_.subject(*entry),
                                      2 * archive_.entries().size() + spare_rows);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::io) throw;  // that says nothing about the wheel
      auto finding = to_finding(error, code, archive_.file().path());
      finding.path = path;
      findings_.add(std::move(finding));
      return std::nullopt;
    }
  }

  void warn_of_stray_line(const std::optional<HeaderDocument>& document, const char* file) {
    if (!document || !document->stray_line()) return;
    findings_.warning(
        FindingCode::stray_header_line, contents_.dist_info + "/" + file,
        fmt::format("line {} isn't a header, so readers treat it and all that follows as the body",
                    *document->stray_line()),
        "headers after it have no effect");
  }

  void compare_identity() {
    compare_name(FindingCode::dist_info_mismatch, contents_.dist_info,
                 contents_.dist_info.substr(0, contents_.dist_info.find('-')));
    const auto dist_info_version = contents_.dist_info.substr(contents_.dist_info.find('-') + 1);
    compare_version(
        FindingCode::dist_info_mismatch, contents_.dist_info,
        dist_info_version.substr(0, dist_info_version.size() - std::string_view(".dist-info").size()));
    if (!contents_.metadata) return;
    const auto path = contents_.dist_info + "/METADATA";
    compare_name(FindingCode::metadata_mismatch, path, contents_.metadata->get("Name").value_or(""));
    compare_version(FindingCode::metadata_mismatch, path, contents_.metadata->get("Version").value_or(""));
  }

  void compare_name(FindingCode code, const std::string& path, const std::string& name) {
    if (normalize_project_name(name) == normalize_project_name(contents_.name->distribution())) return;
    findings_.error(
        code, path,
        fmt::format("{}, the file's name says {}",
                    name.empty() ? "names no project" : "names the project " + printable(name),
                    contents_.name->distribution()),
        "pip and uv refuse such a wheel: rename the file back, or ask the publisher for another wheel");
  }

  void compare_version(FindingCode code, const std::string& path, const std::string& text) {
    const auto version = Version::try_parse(text);
    if (version && *version == contents_.name->version()) return;
    findings_.error(
        code, path,
        fmt::format("{}, the file's name says {}",
                    text.empty() ? "gives no version" : "gives the version " + printable(text),
                    contents_.name->version_text()),
        "resolvers use the version in the file's name: rename the file back, or ask the publisher for "
        "another wheel");
  }

  /// `NAME-VERSION.data`, as dist-info spells it, or in whatever spelling.
  void find_data_dir() {
    const auto spelled = contents_.dist_info.substr(0, contents_.dist_info.rfind('.')) + ".data";
    std::set<std::string_view> files;
    for (const auto& entry : archive_.entries())
      if (entry.path.find('/') == std::string::npos) files.insert(entry.path);
    for (const auto& folder : top_names(".data")) {
      if (files.contains(folder)) {
        findings_.error(
            FindingCode::data_scheme, folder, "is a file that ends in .data at the top of the wheel",
            "pip treats it as a .data folder and refuses to install it: ask the publisher for another wheel");
      } else if (folder == spelled) {
        contents_.data_dir = folder;
      } else {
        contents_.odd_data_dirs.push_back(folder);
      }
    }
    const auto own = std::ranges::find_if(contents_.odd_data_dirs,
                                          [&](const auto& folder) { return is_own_data_dir(folder); });
    if (!contents_.data_dir && own != contents_.odd_data_dirs.end()) contents_.data_dir = *own;
  }

  bool is_own_data_dir(std::string_view folder) const {
    const auto stem = folder.substr(0, folder.size() - std::string_view(".data").size());
    const auto dash = stem.find('-');
    if (dash == std::string_view::npos || !contents_.name) return false;
    const auto version = Version::try_parse(stem.substr(dash + 1));
    return version && *version == contents_.name->version() &&
           normalize_project_name(stem.substr(0, dash)) ==
               normalize_project_name(contents_.name->distribution());
  }

  void check_wheel_version() {
    if (!contents_.wheel_file) return;
    if (auto fault = wheel_version_fault(*contents_.wheel_file))
      findings_.add(fault->code, fault->severity, contents_.dist_info + "/WHEEL", std::move(fault->message),
                    std::move(fault->hint));
  }

  const zip::Archive& archive_;
  const Limits& limits_;
  std::string wheel_;
  WheelContents contents_;
  FindingSink findings_;
};

}  // namespace

WheelContents read_contents(const zip::Archive& archive, const Limits& limits) {
  return ContentsReader(archive, limits).run();
}

void throw_first_error(const std::vector<Finding>& findings, ErrorCode code) {
  const auto found = std::ranges::find(findings, Severity::error, &Finding::severity);
  if (found == findings.end()) return;
  const auto subject = found->wheel.value_or("") + (found->path ? ": " + printable(*found->path) : "");
  throw Error(found->code == FindingCode::limit_exceeded ? ErrorCode::limit_exceeded : code, subject,
              found->message, found->hint);
}

Finding to_finding(const Error& error, FindingCode code, const std::filesystem::path& wheel) {
  return {code, Severity::error, wheel.string(), std::nullopt, error.message(), error.hint()};
}

}  // namespace wheelfix
