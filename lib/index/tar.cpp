#include "index/tar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <wheelfix/error.hpp>

#include "base/text.hpp"

namespace wheelfix {

namespace {

constexpr std::size_t block_size = 512;
constexpr std::size_t scratch_size = 64 << 10;

namespace type {
constexpr char file = '0';
constexpr char old_file = '\0';
constexpr char contiguous_file = '7';
constexpr char pax = 'x';
constexpr char gnu_long_name = 'L';
}  // namespace type

struct Header {
  std::string path;
  std::uint64_t size = 0;
  char kind = type::file;

  bool is_file() const {
    return kind == type::file || kind == type::old_file || kind == type::contiguous_file;
  }
};

/// What an extended header says about the entry after it.
struct Extended {
  std::optional<std::string> path;
  std::optional<std::uint64_t> size;
};

std::string_view until_nul(std::string_view field) {
  return field.substr(0, field.find('\0'));
}

/// An octal number between spaces, ended by a space, NUL or the field's end; GNU's binary form if the first
/// bit is set.
std::optional<std::uint64_t> number(std::string_view field) {
  std::uint64_t value = 0;
  if ((field.front() & 0x80) != 0) {
    if (field.front() != '\x80' ||
        field.substr(1, field.size() - 9).find_first_not_of('\0') != std::string_view::npos)
      return std::nullopt;
    for (const char c : field.substr(field.size() - 8)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  const auto digits = trim(until_nul(field));
  for (const char c : digits) {
    if (c < '0' || c > '7') return std::nullopt;
    value = value << 3 | static_cast<std::uint64_t>(c - '0');  // 12 digits at most
  }
  return value;
}

bool has_right_checksum(std::string_view block) {
  constexpr std::size_t at = 148;
  constexpr std::size_t size = 8;
  std::uint64_t sum = size * ' ';
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (i < at || i >= at + size) sum += static_cast<unsigned char>(block[i]);
  }
  return number(block.substr(at, size)) == sum;
}

std::optional<std::uint64_t> decimal(std::string_view text) {
  if (text.empty() || text.size() > 18) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (!is_ascii_digit(c)) return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

class TarReader {
 public:
  TarReader(const TarSource& source, std::uint64_t max_size, const std::string& subject)
      : source_(source), max_size_(max_size), subject_(subject) {}

  std::optional<std::string> find(const std::function<bool(std::string_view)>& is_wanted) {
    Extended extended;
    while (auto header = next_header()) {
      if (header->kind == type::pax) {
        read_pax(content(*header), extended);
      } else if (header->kind == type::gnu_long_name) {
        extended.path = until_nul(content(*header));
      } else {
        header->path = extended.path.value_or(header->path);
        header->size = extended.size.value_or(header->size);
        extended = {};
        if (header->is_file() && is_wanted(header->path)) return content(*header);
        skip(header->size);
        skip_padding(header->size);
      }
    }
    return std::nullopt;
  }

 private:
  [[noreturn]] void refuse(std::string message, ErrorCode code = ErrorCode::bad_archive) const {
    throw Error(code, subject_, std::move(message), "download the file again and compare its hash");
  }

  /// Fills `buffer`, or as much of it as there is.
  std::size_t fill(char* buffer, std::size_t size) {
    std::size_t filled = 0;
    while (filled < size) {
      const auto count = source_(buffer + filled, size - filled);
      if (count == 0) break;
      filled += count;
    }
    return filled;
  }

  void read(char* buffer, std::size_t size) {
    if (fill(buffer, size) != size) refuse("is cut short: the tar archive ends within an entry");
  }

  void skip(std::uint64_t size) {
    scratch_.resize(scratch_size);
    for (; size > 0; size -= std::min<std::uint64_t>(size, scratch_size)) {
      read(scratch_.data(), static_cast<std::size_t>(std::min<std::uint64_t>(size, scratch_size)));
    }
  }

  /// Skips the padding after a content of that size. Some writers leave it out at the very end.
  void skip_padding(std::uint64_t size) {
    std::array<char, block_size> padding{};
    fill(padding.data(), static_cast<std::size_t>((block_size - size % block_size) % block_size));
  }

  std::string content(const Header& header) {
    if (header.size > max_size_)
      refuse(fmt::format("{} has {} bytes, more than {}", printable(header.path), header.size, max_size_),
             ErrorCode::limit_exceeded);
    std::string bytes;
    for (std::uint64_t left = header.size; left > 0;) {  // in pieces, because the size may be a lie
      const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(left, 1 << 20));
      bytes.resize(bytes.size() + piece);
      read(bytes.data() + bytes.size() - piece, piece);
      left -= piece;
    }
    skip_padding(header.size);
    return bytes;
  }

  std::optional<Header> next_header() {
    std::array<char, block_size> bytes{};
    const auto count = fill(bytes.data(), bytes.size());
    const std::string_view block(bytes.data(), count);
    if (count == 0 || (count == block_size && block.find_first_not_of('\0') == std::string_view::npos))
      return std::nullopt;
    if (count < block_size) refuse("is cut short: the tar archive ends within a header");
    if (!has_right_checksum(block)) refuse("is damaged, or not a tar archive: a header's checksum is wrong");
    const auto size = number(block.substr(124, 12));
    if (!size) refuse("is damaged: a tar header has no usable size");
    return Header{.path = path_of(block), .size = *size, .kind = block[156]};
  }

  static std::string path_of(std::string_view block) {
    const std::string name(until_nul(block.substr(0, 100)));
    const auto prefix = until_nul(block.substr(345, 155));
    const bool is_ustar = block.substr(257, 6) == std::string_view("ustar\0", 6);
    return is_ustar && !prefix.empty() ? fmt::format("{}/{}", prefix, name) : name;
  }

  /// Records `LENGTH KEY=VALUE\n`, where LENGTH counts the whole record.
  void read_pax(std::string_view records, Extended& extended) const {
    while (!records.empty()) {
      const auto space = records.find(' ');
      const auto length = space == std::string_view::npos ? std::nullopt : decimal(records.substr(0, space));
      if (!length || *length < space + 2 || *length > records.size() ||
          records[static_cast<std::size_t>(*length) - 1] != '\n')
        refuse("is damaged: a pax header has a record of a wrong length");
      const auto record = records.substr(space + 1, static_cast<std::size_t>(*length) - space - 2);
      if (record.starts_with("path=")) extended.path = record.substr(5);
      if (record.starts_with("size=")) extended.size = decimal(record.substr(5));
      records.remove_prefix(static_cast<std::size_t>(*length));
    }
  }

  const TarSource& source_;
  std::uint64_t max_size_;
  const std::string& subject_;
  std::string scratch_;
};

}  // namespace

std::optional<std::string> find_in_tar(const TarSource& source,
                                       const std::function<bool(std::string_view)>& is_wanted,
                                       std::uint64_t max_size, const std::string& subject) {
  return TarReader(source, max_size, subject).find(is_wanted);
}

}  // namespace wheelfix
