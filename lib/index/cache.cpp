#include "index/cache.hpp"

#include <algorithm>
#include <utility>
#include <wheelfix/version.hpp>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

namespace wheelfix {

namespace {

constexpr std::string_view magic = "wheelfix-index cache 4\n";
constexpr std::size_t hex_digest_size = 64;

void put_text(std::string& out, std::string_view text) {
  put<std::uint32_t>(out, static_cast<std::uint32_t>(text.size()));
  out += text;
}

std::string take_text(ByteReader& reader) {
  return std::string(reader.take(reader.u32()));
}

void put_package(std::string& out, const Package& package) {
  put_text(out, package.file_name);
  put_text(out, package.project);
  put_text(out, package.version);
  put<std::uint64_t>(out, package.stamp.size);
  put<std::uint64_t>(out, static_cast<std::uint64_t>(package.stamp.mtime_ns));
  put<std::uint64_t>(out, package.stamp.inode);
  put_text(out, package.sha256);
  put_text(out, package.metadata_sha256);
  put_text(out, package.requires_python);
}

Package take_package(ByteReader& reader) {
  Package package;
  package.file_name = take_text(reader);
  package.project = take_text(reader);
  package.version = take_text(reader);
  package.stamp.size = reader.u64();
  package.stamp.mtime_ns = static_cast<std::int64_t>(reader.u64());
  package.stamp.inode = reader.u64();
  package.sha256 = take_text(reader);
  package.metadata_sha256 = take_text(reader);
  package.requires_python = take_text(reader);
  return package;
}

bool is_digest(std::string_view text) {
  const auto is_hex = [](char c) { return is_ascii_digit(c) || (c >= 'a' && c <= 'f'); };
  return text.size() == hex_digest_size && std::ranges::all_of(text, is_hex);
}

/// Both become parts of paths.
bool is_name(std::string_view text) {
  return !text.empty() && !text.starts_with('.') &&
         text.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos;
}

bool is_sound(const Package& package) {
  return is_name(package.file_name) && is_name(package.project) &&
         normalize_project_name(package.project) == package.project && Version::try_parse(package.version) &&
         is_digest(package.sha256) && (package.metadata_sha256.empty() || is_digest(package.metadata_sha256));
}

/// Throws OutOfBytes.
std::optional<Cache> parse_body(std::string_view body) {
  ByteReader reader(body);
  Cache cache;
  cache.links = take_text(reader);
  cache.settings = take_text(reader);
  for (auto count = reader.u64(); count > 0; --count) {
    cache.packages.push_back(take_package(reader));
    if (!is_sound(cache.packages.back())) return std::nullopt;
  }
  for (auto count = reader.u64(); count > 0; --count) {
    auto project = take_text(reader);
    if (!project.empty() && !is_name(project)) return std::nullopt;
    cache.seals.push_back({std::move(project), take_text(reader)});
  }
  if (reader.remaining() > 0) return std::nullopt;
  return cache;
}

}  // namespace

std::string Cache::to_bytes() const {
  std::string out(magic);
  put_text(out, links);
  put_text(out, settings);
  put<std::uint64_t>(out, packages.size());
  for (const auto& package : packages) put_package(out, package);
  put<std::uint64_t>(out, seals.size());
  for (const auto& seal : seals) {
    put_text(out, seal.project);
    put_text(out, seal.state);
  }
  return sealed(std::move(out));
}

std::optional<Cache> Cache::parse(std::string_view bytes) {
  const auto content = unsealed(bytes);
  if (!content || !content->starts_with(magic)) return std::nullopt;
  try {
    return parse_body(content->substr(magic.size()));
  } catch (const OutOfBytes&) {
    return std::nullopt;
  }
}

}  // namespace wheelfix
