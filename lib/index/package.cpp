#include "index/package.hpp"

#include <sys/stat.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>
#include <wheelfix/error.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/metadata.hpp>
#include <wheelfix/version.hpp>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "index/package_name.hpp"
#include "index/sdist.hpp"
#include "wheel/header_faults.hpp"
#include "wheel/read_metadata.hpp"

namespace wheelfix {

namespace {

constexpr std::size_t buffer_size = 256 << 10;

std::string hash_of(const File& file, ProgressMeter& meter) {
  thread_local Hasher hasher;
  thread_local std::string buffer(buffer_size, '\0');
  for (std::uint64_t at = 0; at < file.size();) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(buffer_size, file.size() - at));
    file.read(at, buffer.data(), size);
    hasher.update(std::string_view(buffer).substr(0, size));
    meter.add(size);
    at += size;
  }
  return hasher.finish_as_hex();
}

std::string requires_python(const HeaderDocument& metadata) {
  auto text = metadata.get("Requires-Python").value_or("");
  std::ranges::replace(text, '\t', ' ');  // a folded line may begin with one
  const bool is_plain = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
  return is_plain ? text : std::string();
}

[[noreturn]] void refuse_mismatch(const File& file, const std::string& document, const std::string& said,
                                  const std::string& named) {
  throw Error(ErrorCode::bad_wheel, file.path().string(),
              fmt::format("{} says {}, the file's name says {}", document, printable(said), named),
              "installers refuse such a file: rename it back, or ask the publisher for another one");
}

bool says(const HeaderDocument& metadata, const PackageName& name) {
  const auto version = Version::try_parse(metadata.get("Version").value_or(""));
  return normalize_project_name(metadata.get("Name").value_or("")) == name.project && version &&
         *version == Version::parse(name.version);
}

std::string identity(const HeaderDocument& metadata) {
  return metadata.get("Name").value_or("?") + " " + metadata.get("Version").value_or("?");
}

/// Refuses what pip or uv fails on, whatever else the index has.
void refuse_uninstallable(const File& file, const DistInfoTexts& texts, const HeaderDocument& metadata) {
  const auto refuse = [&](std::string message, std::string hint) {
    throw Error(ErrorCode::bad_wheel, file.path().string(), std::move(message), std::move(hint));
  };
  const auto refuse_coding = [&](const char* name) {
    refuse(fmt::format("{} is not UTF-8", name),
           "pip refuses such a wheel: ask the publisher for another one");
  };
  if (!is_valid_utf8(texts.metadata)) refuse_coding("METADATA");
  if (!is_valid_utf8(texts.wheel_file)) refuse_coding("WHEEL");
  for (auto& fault : metadata_faults(metadata)) refuse("METADATA: " + fault.message, std::move(fault.hint));
  const auto wheel_file = HeaderDocument::parse(texts.wheel_file, file.path().string() + ": WHEEL");
  auto fault = wheel_version_fault(wheel_file);
  if (fault && fault->severity == Severity::error) refuse("WHEEL " + fault->message, std::move(fault->hint));
}

void read_wheel(const File& file, const Limits& limits, ReadPackage& read) {
  const auto name = wheel_package_name(read.package.file_name);
  auto texts = read_dist_info(file, limits);
  const auto metadata = HeaderDocument::parse(texts.metadata, file.path().string() + ": METADATA");
  if (!says(metadata, name))
    refuse_mismatch(file, "METADATA", identity(metadata), name.project + " " + name.version);
  refuse_uninstallable(file, texts, metadata);
  read.metadata = std::move(texts.metadata);
  read.package.project = name.project;
  read.package.version = name.version;
  if (metadata_name(read.package.file_name).size() <= NAME_MAX)
    read.package.metadata_sha256 = sha256_hex(read.metadata);
  read.package.requires_python = requires_python(metadata);
}

/// The name decides; PKG-INFO, if there is one that names the project, chooses between its readings.
void read_sdist(const File& file, const Limits& limits, ReadPackage& read) {
  const auto names = sdist_package_names(read.package.file_name);
  const auto text = read_pkg_info(file, limits);
  const auto metadata = HeaderDocument::parse(text.value_or(""), file.path().string() + ": PKG-INFO");
  const bool is_named = metadata.get("Name").has_value();
  const auto found =
      is_named ? std::ranges::find_if(names, [&](const PackageName& name) { return says(metadata, name); })
               : names.begin();
  if (found == names.end())
    refuse_mismatch(file, "PKG-INFO", identity(metadata),
                    names.front().project + " " + names.front().version);
  read.package.project = found->project;
  read.package.version = found->version;
  read.package.requires_python = requires_python(metadata);
}

[[noreturn]] void refuse_old_sdist(const File& file) {
  throw Error(ErrorCode::bad_archive, file.path().string(), "is neither a .tar.gz nor a .zip, as sdists are",
              "make a wheel of it with `pip wheel --no-deps`, or pack it again as .tar.gz");
}

bool has_gone(const std::filesystem::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) != 0 && errno == ENOENT;
}

ReadPackage read_open(const File& file, const Limits& limits, ProgressMeter& meter) {
  ReadPackage read;
  read.package.file_name = file.path().filename().string();
  read.package.stamp = file.stamp();
  const auto kind = package_kind(read.package.file_name);
  if (kind == PackageKind::old_sdist) refuse_old_sdist(file);
  if (kind == PackageKind::wheel) {
    read_wheel(file, limits, read);
  } else {
    read_sdist(file, limits, read);
  }
  read.package.sha256 = hash_of(file, meter);
  if (file.was_written_to()) {
    throw Error(ErrorCode::io, file.path().string(), "changed while it was read",
                "run it again when the file is complete");
  }
  return read;
}

}  // namespace

std::string metadata_name(const std::string& file_name) {
  return file_name + ".metadata";
}

std::optional<ReadPackage> read_package(const std::filesystem::path& folder, const std::string& file_name,
                                        const Limits& limits, ProgressMeter& meter) {
  const auto path = folder / file_name;
  try {
    return read_open(File::open(path), limits, meter);
  } catch (const Error&) {
    if (has_gone(path)) return std::nullopt;
    throw;
  }
}

}  // namespace wheelfix
