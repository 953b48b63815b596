#include "zip/second_opinion.hpp"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string_view>
#include <wheelfix/finding.hpp>

namespace wheelfix::zip {

namespace {

/// The file as libzip's source, which reads ahead where it is read in order. libzip's own source of a file
/// takes two system calls for each header.
class FileSource {
 public:
  explicit FileSource(const File& file) : file_(file) { zip_error_init(&error_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  ~FileSource() { zip_error_fini(&error_); }

  static zip_int64_t call(void* self, void* data, zip_uint64_t size, zip_source_cmd_t command) {
    return static_cast<FileSource*>(self)->answer(data, size, command);
  }

  /// What a read threw, which can't go through libzip.
  void rethrow() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }

 private:
  static constexpr std::size_t near = 64 << 10;
  static constexpr std::size_t least = 4 << 10;

  zip_int64_t answer(void* data, zip_uint64_t size, zip_source_cmd_t command) {
    switch (command) {
      case ZIP_SOURCE_OPEN:
        position_ = 0;
        return 0;
      case ZIP_SOURCE_READ:
        return read(static_cast<char*>(data), size);
      case ZIP_SOURCE_SEEK: {
        const auto offset = zip_source_seek_compute_offset(position_, file_.size(), data, size, &error_);
        if (offset < 0) return -1;
        position_ = static_cast<std::uint64_t>(offset);
        return 0;
      }
      case ZIP_SOURCE_TELL:
        return static_cast<zip_int64_t>(position_);
      case ZIP_SOURCE_STAT: {
        auto* stat = static_cast<zip_stat_t*>(data);
        zip_stat_init(stat);
        stat->size = file_.size();
        stat->valid |= ZIP_STAT_SIZE;
        return sizeof *stat;
      }
      case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&error_, data, size);
      case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE,
                                              ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL, ZIP_SOURCE_STAT,
                                              ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, -1);
      case ZIP_SOURCE_CLOSE:
      case ZIP_SOURCE_FREE:
        return 0;
      default:
        zip_error_set(&error_, ZIP_ER_OPNOTSUPP, 0);
        return -1;
    }
  }

  zip_int64_t read(char* data, zip_uint64_t size) {
    size = std::min<zip_uint64_t>(size, file_.size() - std::min(position_, file_.size()));
    try {
      if (size > near) {
        file_.read(position_, data, size);
      } else if (size > 0) {
        std::memcpy(data, view(static_cast<std::size_t>(size)), static_cast<std::size_t>(size));
      }
    } catch (...) {
      thrown_ = std::current_exception();
      zip_error_set(&error_, ZIP_ER_READ, 0);
      return -1;
    }
    position_ += size;
    return static_cast<zip_int64_t>(size);
  }

  /// The bytes at the position. Little is read ahead after a leap.
  const char* view(std::size_t size) {
    const auto end = begin_ + window_.size();
    if (position_ < begin_ || position_ + size > end) {
      const bool is_leap = position_ < begin_ || position_ > end + near;
      const auto ahead = std::max(size, is_leap ? least : near);
      window_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(ahead, file_.size() - position_)));
      begin_ = position_;
      file_.read(begin_, window_.data(), window_.size());
    }
    return window_.data() + (position_ - begin_);
  }

  const File& file_;
  zip_error_t error_{};
  std::exception_ptr thrown_;
  std::uint64_t position_ = 0;
  std::uint64_t begin_ = 0;  ///< of the window
  std::string window_;
};

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Libzip = std::unique_ptr<zip_t, Discard>;

/// Null and a reason if libzip refuses.
Libzip open(FileSource& file, LibzipCheck check, std::string& refusal) {
  zip_error_t error;
  zip_error_init(&error);
  const int flags = ZIP_RDONLY | (check == LibzipCheck::consistency ? ZIP_CHECKCONS : 0);
  zip_source_t* source = zip_source_function_create(FileSource::call, &file, &error);
  Libzip archive(source == nullptr ? nullptr : zip_open_from_source(source, flags, &error));
  if (!archive) {
    if (source != nullptr) zip_source_free(source);
    refusal = zip_error_strerror(&error);
  }
  const bool has_no_memory = zip_error_code_zip(&error) == ZIP_ER_MEMORY;
  zip_error_fini(&error);
  file.rethrow();
  if (has_no_memory) throw std::bad_alloc();
  return archive;
}

/// Whether libzip sees the name, the sizes and the CRC-32 of `entry` at its index.
bool sees(zip_t* archive, zip_uint64_t index, const Entry& entry) {
  const char* name = zip_get_name(archive, index, ZIP_FL_ENC_RAW | ZIP_FL_UNCHANGED);
  zip_stat_t stat;
  if (name == nullptr || zip_stat_index(archive, index, ZIP_FL_UNCHANGED, &stat) != 0) return false;
  return entry.raw_name() == name && entry.size == stat.size && entry.compressed_size == stat.comp_size &&
         entry.crc32 == stat.crc;
}

/// Why what libzip sees isn't what our reader sees; empty if it is.
std::string difference(zip_t* archive, const std::vector<Entry>& entries) {
  const auto count = zip_get_num_entries(archive, ZIP_FL_UNCHANGED);
  if (static_cast<std::uint64_t>(count) != entries.size())
    return fmt::format("it sees {} entries, not {}", count, entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!sees(archive, i, entries[i]))
      return fmt::format("it sees another entry {}, not {}", i + 1, printable(entries[i].raw_name()));
  }
  return {};
}

}  // namespace

SecondOpinion second_opinion(const File& file, const std::vector<Entry>& entries, LibzipCheck check) {
  SecondOpinion opinion;
  FileSource source(file);
  const auto archive = open(source, check, opinion.refusal);
  if (!archive) return opinion;
  opinion.refusal = difference(archive.get(), entries);
  opinion.agrees = opinion.refusal.empty();
  if (!opinion.agrees) return opinion;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!has_unconverted_name(entries[i])) continue;
    const char* name = zip_get_name(archive.get(), i, ZIP_FL_ENC_STRICT);
    opinion.converted_names.emplace_back(i, name == nullptr ? "" : name);
  }
  return opinion;
}

}  // namespace wheelfix::zip
