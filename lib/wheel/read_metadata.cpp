#include "wheel/read_metadata.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>
#include <wheelfix/error.hpp>
#include <wheelfix/finding.hpp>

#include "deflate/inflate.hpp"
#include "zip/directory.hpp"
#include "zip/stream_entry.hpp"

namespace wheelfix {

namespace {

/// The top folder of `path`, if it is `FOLDER/file`; else empty.
std::string_view folder_of(std::string_view path, std::string_view file) {
  const auto slash = path.find('/');
  return slash != std::string_view::npos && path.substr(slash + 1) == file ? path.substr(0, slash)
                                                                           : std::string_view();
}

std::string_view top_folder(std::string_view path) {
  return path.substr(0, path.find('/'));
}

[[noreturn]] void refuse(const File& file, const zip::Entry& entry, ErrorCode code, std::string message) {
  throw Error(code, fmt::format("{}: {}", file.path().string(), printable(entry.path)), std::move(message),
              "download the file again and compare its hash");
}

/// The entry with its place in the file, if its local header agrees with the central one and it can be read.
zip::Entry located(const File& file, const zip::Directory& directory, const zip::Entry& entry) {
  zip::Directory one;
  one.entries = {entry};
  one.begin = directory.begin;
  const auto findings = zip::read_local_headers(file, one, {}).take();
  if (!findings.empty()) refuse(file, entry, ErrorCode::bad_archive, findings.front().message);
  if ((entry.flags & (zip::flag::encrypted | zip::flag::strong_encryption)) != 0)
    refuse(file, entry, ErrorCode::bad_archive, "is encrypted");
  if (entry.method != static_cast<std::uint16_t>(zip::Method::stored) &&
      entry.method != static_cast<std::uint16_t>(zip::Method::deflated)) {
    refuse(file, entry, ErrorCode::bad_archive,
           fmt::format("is compressed by method {}, which installers don't read", entry.method));
  }
  return std::move(one.entries.front());
}

std::string read_entry(const File& file, const zip::Directory& directory, const zip::Entry& entry,
                       const Limits& limits) {
  const auto limit = std::min(limits.max_document_size, limits.max_entry_size);
  if (entry.size > limit)
    refuse(file, entry, ErrorCode::limit_exceeded,
           fmt::format("has {} bytes, more than {}", entry.size, limit));
  thread_local Inflater inflater;
  std::string content;
  zip::stream_entry(file, located(file, directory, entry), inflater,
                    [&](std::string_view piece) { content += piece; });
  return content;
}

[[noreturn]] void refuse_wheel(const File& wheel, std::string message) {
  throw Error(ErrorCode::bad_wheel, wheel.path().string(), std::move(message),
              "installers need it: ask the publisher for another wheel");
}

/// The name of the one dist-info.
std::string_view find_dist_info(const File& wheel, const zip::Directory& directory) {
  std::string_view dist_info;
  for (const auto& entry : directory.entries) {
    const auto folder = top_folder(entry.path);
    if (!folder.ends_with(".dist-info") || folder.size() == entry.path.size()) continue;
    if (!dist_info.empty() && folder != dist_info) refuse_wheel(wheel, "has more than one .dist-info folder");
    dist_info = folder;
  }
  if (dist_info.empty()) refuse_wheel(wheel, "has no .dist-info folder at its top, so it is not a wheel");
  return dist_info;
}

std::string read_document(const File& wheel, const zip::Directory& directory, std::string_view dist_info,
                          const char* name, const Limits& limits) {
  const zip::Entry* found = nullptr;
  for (const auto& entry : directory.entries) {
    if (folder_of(entry.path, name) != dist_info) continue;
    if (found != nullptr) refuse_wheel(wheel, fmt::format("has {} twice", name));
    found = &entry;
  }
  if (found == nullptr) refuse_wheel(wheel, fmt::format("has no {} in its .dist-info folder", name));
  return read_entry(wheel, directory, *found, limits);
}

}  // namespace

DistInfoTexts read_dist_info(const File& wheel, const Limits& limits) {
  const auto directory = zip::read_directory(wheel, limits);
  const auto dist_info = find_dist_info(wheel, directory);
  return {read_document(wheel, directory, dist_info, "METADATA", limits),
          read_document(wheel, directory, dist_info, "WHEEL", limits)};
}

std::optional<std::string> read_zip_pkg_info(const File& sdist, const Limits& limits) {
  const auto directory = zip::read_directory(sdist, limits);
  const auto found = std::ranges::find_if(
      directory.entries, [](const zip::Entry& entry) { return !folder_of(entry.path, "PKG-INFO").empty(); });
  if (found == directory.entries.end()) return std::nullopt;
  return read_entry(sdist, directory, *found, limits);
}

}  // namespace wheelfix
