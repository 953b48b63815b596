#include "zip/archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <system_error>
#include <utility>
#include <wheelfix/error.hpp>

#include "base/text.hpp"
#include "zip/audit.hpp"
#include "zip/directory.hpp"
#include "zip/format.hpp"
#include "zip/libzip_reader.hpp"
#include "zip/stream_entry.hpp"

namespace wheelfix::zip {

struct Archive::State {
  File file;
  Directory directory;
  std::vector<Finding> findings;
  std::unordered_set<std::string> faulty_paths;
  bool libzip_agrees = false;  ///< else a finding says why
};

namespace {

constexpr std::size_t entries_worth_a_thread = 500;

/// A reader that gets entries by their index must have the same entries in the same places: null, and the
/// reason, if libzip sees another archive than we do.
std::unique_ptr<LibzipReader> agreeing(std::unique_ptr<LibzipReader> libzip,
                                       const std::vector<Entry>& entries, std::string& refusal) {
  if (!libzip) return nullptr;
  if (libzip->count() != entries.size()) {
    refusal = fmt::format("it sees {} entries, not {}", libzip->count(), entries.size());
    return nullptr;
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (libzip->sees(i, entries[i])) continue;
    refusal = fmt::format("it sees another entry {}, not {}", i + 1, printable(entries[i].raw_name));
    return nullptr;
  }
  return libzip;
}

/// Names that aren't flagged as UTF-8 are in code page 437, as Python's zipfile reads them too.
void decode_names(std::vector<Entry>& entries, const LibzipReader& libzip) {
  const auto is_ascii = [](const std::string& name) {
    return std::ranges::all_of(name, [](char c) { return (c & 0x80) == 0; });
  };
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if ((entries[i].flags & flag::utf8_name) == 0 && !is_ascii(entries[i].raw_name))
      entries[i].path = libzip.name(i);
  }
}

/// On a thread of its own, if that is wanted and the system allows it; else when the result is requested.
template <class Work>
auto start(bool wants_thread, const Work& work) {
  try {
    if (wants_thread) return std::async(std::launch::async, work);
  } catch (const std::system_error&) {  // a limit on processes or memory
  }
  return std::async(std::launch::deferred, work);
}

}  // namespace

Archive Archive::open(const std::filesystem::path& path, const Limits& limits) {
  return open(File::open(path), limits);
}

Archive Archive::open(File file, const Limits& limits) {
  auto directory = read_directory(file, limits);
  std::string refusal;
  using Check = LibzipReader::Check;
  auto opening = start(directory.entries.size() > entries_worth_a_thread,
                       [&] { return LibzipReader::open(file, Check::consistency, refusal); });
  auto in_headers = read_local_headers(file, directory, limits);
  auto libzip = opening.get();
  // The one sound form that libzip's check refuses: our reader has made the comparisons instead.
  if (!libzip && directory.has_partly_deferred && !in_headers.has_error())
    libzip = LibzipReader::open(file, Check::directory, refusal);
  libzip = agreeing(std::move(libzip), directory.entries, refusal);
  if (libzip) decode_names(directory.entries, *libzip);
  FindingSink list(file.path().string(), limits.max_alike);
  list.add(audit(directory, limits));
  list.add(std::move(in_headers));
  if (!libzip && !list.has_error()) {
    list.error(FindingCode::inconsistent_archive, {},
               "libzip refuses the archive, without saying which entry: " + refusal,
               "download the wheel again and compare its hash");
  }
  auto findings = list.take();
  return Archive(std::make_shared<State>(State{std::move(file), std::move(directory), std::move(findings),
                                               std::move(list).error_paths(), libzip != nullptr}));
}

const File& Archive::file() const {
  return state_->file;
}
const std::vector<Entry>& Archive::entries() const {
  return state_->directory.entries;
}
const std::string& Archive::comment() const {
  return state_->directory.comment;
}
const std::vector<Finding>& Archive::findings() const {
  return state_->findings;
}

std::vector<Finding> Archive::take_findings() {
  return std::exchange(state_->findings, {});
}

const std::unordered_set<std::string>& Archive::faulty_paths() const {
  return state_->faulty_paths;
}

std::string Archive::subject(const Entry& entry) const {
  return fmt::format("{}: {}", file().path().string(), printable(entry.path));
}

Entry Archive::with_local_extra(const Entry& entry) const {
  Entry copy = entry;
  const auto extra_offset = entry.header_offset + local_header_size + entry.raw_name.size();
  const auto extra = file().read(extra_offset, static_cast<std::size_t>(entry.data_offset - extra_offset));
  copy.local_extra = filter_extra_fields(extra, [](std::uint16_t id) { return id != extra_id::zip64; });
  return copy;
}

bool Archive::can_read() const {
  return state_->libzip_agrees;
}

std::string Archive::read(const Entry& entry) const {
  if (!can_read())
    throw Error(ErrorCode::bad_archive, subject(entry), "cannot be read: the archive is inconsistent");
  Inflater inflater;
  std::string content;
  stream(entry, inflater, [&](std::string_view piece) { content += piece; });
  return content;
}

void Archive::stream(const Entry& entry, Inflater& inflater, const Inflater::Sink& sink) const {
  stream_entry(file(), entry, inflater, sink);
}

}  // namespace wheelfix::zip
