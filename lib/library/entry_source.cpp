#include "library/entry_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <wheelfix/binary.hpp>
#include <wheelfix/error.hpp>

#include "base/byte_edit.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "wheel/archive_of.hpp"
#include "wheel/installed_file.hpp"
#include "zip/entry_bytes.hpp"

namespace wheelfix {
namespace {

/// The entry's new content, if it has some; else its place among the wheel's entries.
struct Content {
  const std::string* text = nullptr;
  std::optional<std::size_t> source = {};
  const ContentEdits* edits = nullptr;
};

Content find_content(const WheelEdit& edit, std::string_view path) {
  const auto edited = edit.overlay().find(path);
  if (edited == edit.overlay().end()) return {.source = *edit.wheel().find(path)};
  const auto& item = *edited->second;
  if (item.content) return {.text = item.content.get()};
  return {.source = *item.source, .edits = &item.byte_edits};
}

const WheelEntry& entry_of(const WheelEdit& edit, const Content& content) {
  return edit.wheel().entries().at(*content.source);
}

/// A file that is installed.
class InstalledBytes : public ByteSource {
 public:
  explicit InstalledBytes(const std::filesystem::path& path) : file_(File::open(path)), bytes_(file_) {}
  std::uint64_t size() const override { return bytes_.size(); }

 private:
  std::string fetch(std::uint64_t offset, std::uint64_t count) override { return bytes_.read(offset, count); }

  File file_;
  FileBytes bytes_;
};

std::unique_ptr<ByteSource> open_source(const WheelEdit& edit, const Content& content, Inflater& inflater) {
  const auto& wheel = edit.wheel();
  if (wheel.installation() != nullptr)
    return std::make_unique<InstalledBytes>(installed_file(wheel, entry_of(edit, content).path));
  const auto& archive = archive_of(wheel);
  return std::make_unique<zip::EntryBytes>(archive.file(), archive.entries().at(*content.source), inflater);
}

/// A source entry's content, front to back in pieces.
void stream_source(const WheelEdit& edit, const Content& content, const Inflater::Sink& sink) {
  const auto& wheel = edit.wheel();
  Inflater inflater;
  if (wheel.installation() == nullptr) {
    const auto& archive = archive_of(wheel);
    return archive.stream(archive.entries().at(*content.source), inflater, sink);
  }
  constexpr std::uint64_t piece = 1 << 20;
  const auto source = open_source(edit, content, inflater);
  for (std::uint64_t at = 0; at < source->size(); at += piece)
    sink(source->read(at, std::min(piece, source->size() - at)));
}

/// An entry with its edits in place.
class EditedEntry : public ByteSource {
 public:
  EditedEntry(std::unique_ptr<ByteSource> old, const ContentEdits& edits)
      : old_(std::move(old)), edited_(*old_, edits) {}
  std::uint64_t size() const override { return edited_.size(); }
  bool is_stream() const override { return edited_.is_stream(); }

 private:
  std::string fetch(std::uint64_t offset, std::uint64_t count) override {
    return edited_.read(offset, count);
  }
  std::string_view glance(std::uint64_t offset) override { return edited_.skim(offset); }

  std::unique_ptr<ByteSource> old_;
  EditedBytes edited_;
};

}  // namespace

std::unique_ptr<ByteSource> open_entry(const WheelEdit& edit, std::string_view path, Inflater& inflater) {
  const auto content = find_content(edit, path);
  if (content.text != nullptr) return std::make_unique<MemoryBytes>(*content.text);
  auto source = open_source(edit, content, inflater);
  if (content.edits == nullptr || content.edits->empty()) return source;
  return std::make_unique<EditedEntry>(std::move(source), *content.edits);
}

const zip::Entry* deflated_entry(const WheelEdit& edit, std::string_view path) {
  const auto content = find_content(edit, path);
  const bool has_edits = content.edits != nullptr && !content.edits->empty();
  if (edit.wheel().installation() != nullptr || !content.source || has_edits) return nullptr;
  const auto& entry = archive_of(edit.wheel()).entries().at(*content.source);
  return entry.method == static_cast<std::uint16_t>(zip::Method::deflated) ? &entry : nullptr;
}

void stream_entry_edited(const WheelEdit& edit, std::string_view path, const ContentEdits& more,
                         const Inflater::Sink& sink) {
  const auto content = find_content(edit, path);
  if (content.text != nullptr) {
    visit_edited(more, 0, *content.text, sink);
    return sink(more.appended);
  }
  const auto size = entry_of(edit, content).size;
  const auto edits = content.edits == nullptr ? more : in_sequence(*content.edits, more, size);
  std::uint64_t offset = 0;
  stream_source(edit, content, [&](std::string_view piece) {
    std::string edited(piece);
    overwrite_piece(edits, offset, edited);
    offset += piece.size();
    sink(edited);
  });
  sink(edits.appended);
}

std::uint64_t content_size(const WheelEdit& edit, std::string_view path) {
  const auto content = find_content(edit, path);
  if (content.text != nullptr) return content.text->size();
  return entry_of(edit, content).size + (content.edits == nullptr ? 0 : content.edits->appended.size());
}

bool inflates_to(const WheelEdit& edit, std::string_view path, unsigned times) {
  const auto content = find_content(edit, path);
  if (content.text != nullptr) return false;
  const auto& entry = entry_of(edit, content);
  return entry.size / times > entry.compressed_size;
}

void require_in_memory(const WheelEdit& edit, std::string_view path, std::uint64_t max_input_size) {
  const auto content = find_content(edit, path);
  if (content.text != nullptr || entry_of(edit, content).size <= max_input_size / 2) return;
  if (!inflates_to(edit, path, 8)) return;
  const auto& entry = entry_of(edit, content);
  throw Error(ErrorCode::limit_exceeded, edit.wheel().path().string() + ": " + printable(path),
              fmt::format("inflates {} bytes to {}, too much to be held in memory", entry.compressed_size,
                          entry.size),
              "raise the limit with --max-input-size if you trust the file");
}

bool begins_as_library(const WheelEdit& edit, std::string_view path) {
  Inflater inflater;
  return binary_format(open_entry(edit, path, inflater)->read_up_to(0, binary_head_size)).has_value();
}

bool may_be_library(std::string_view path) {
  // Of files for which no library is taken by mistake, those of which packages have the most.
  static const std::unordered_set<std::string_view> others = {
      "py",  "pyi",   "pyc",   "pyx", "pxd", "pxi", "h",   "hpp",  "cuh",  "c",     "cpp",  "cu",
      "js",  "ts",    "qml",   "sip", "txt", "md",  "rst", "html", "css",  "json",  "yaml", "toml",
      "csv", "cmake", "proto", "mo",  "po",  "svg", "png", "gz",   "woff", "woff2", "ttf",  "typed"};
  const auto name = file_name(path);
  const auto dot = name.rfind('.');
  return !name.empty() && (dot == name.npos || !others.contains(name.substr(dot + 1)));
}

}  // namespace wheelfix
