#include "stub/image.hpp"

#include <initializer_list>
#include <string_view>
#include <utility>

#include "binary/elf_format.hpp"

namespace wheelfix {

namespace {

using namespace elf;

constexpr Encoding encoding{.is_64 = true, .big_endian = false};
constexpr std::size_t spare_dynamic_entries = 5;
constexpr std::uint64_t word = 8;

constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

/// A string table: strings after a first NUL.
class Strings {
 public:
  std::uint64_t add(std::string_view text) {
    const auto index = bytes_.size();
    bytes_ += text;
    bytes_ += '\0';
    return index;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_ = std::string(1, '\0');
};

template <class T, class Code>
std::string encode(const std::vector<T>& values, Code code) {
  Encoder encoder(encoding);
  for (const auto& value : values) code(encoder, value);
  return encoder.take();
}

/// One part of the file: its place and its address. Parts follow each other in both.
struct Part {
  std::uint64_t offset = 0;
  std::uint64_t address = 0;
  std::uint64_t size = 0;

  std::uint64_t end() const { return offset + size; }
};

class ImageWriter {
 public:
  explicit ImageWriter(const StubImage& image) : image_(image) {
    add_strings();
    hash_ = mapped_after(headers_end, hash_table().size());
    symbols_ = mapped_after(hash_.end(), encoding.symbol_size());
    strings_ = mapped_after(symbols_.end(), dynamic_strings_.bytes().size());
    dynamic_ = mapped_after(strings_.end(), dynamic_entry_count() * encoding.dynamic_size());
    dynamic_.address = round_up(strings_.end(), image.page_size) + dynamic_.offset % image.page_size;
  }

  std::string write() {
    const auto sections = make_sections();
    const auto names_end = sections.back().file_end();
    std::string file = encode_header(round_up(names_end, word), sections.size());
    file += encode(make_segments(), code_segment<Encoder, const Segment>);
    put(file, hash_.offset, hash_table());
    put(file, symbols_.offset, std::string(symbols_.size, '\0'));
    put(file, strings_.offset, dynamic_strings_.bytes());
    put(file, dynamic_.offset, encode(make_dynamic(), code_dynamic<Encoder, const Dynamic>));
    put(file, sections.back().offset, section_names_.bytes());
    put(file, round_up(names_end, word), encode(sections, code_section<Encoder, const Section>));
    return file;
  }

 private:
  static constexpr std::size_t segment_count = 4;
  static constexpr std::uint64_t headers_end = 64 + segment_count * 56;

  static Part mapped_after(std::uint64_t end, std::uint64_t size) {
    const auto offset = round_up(end, word);
    return {offset, offset, size};
  }

  static void put(std::string& file, std::uint64_t offset, const std::string& bytes) {
    file.resize(offset, '\0');
    file += bytes;
  }

  /// One bucket and the chain of one symbol, the null one, which ends it.
  static std::string hash_table() {
    Encoder encoder(encoding);
    for (const std::uint32_t value : {1U, 1U, 0U, 0U}) encoder.u32(value);
    return encoder.take();
  }

  void add_strings() {
    for (const auto& name : image_.needed) tags_.push_back({DT_NEEDED, dynamic_strings_.add(name)});
    tags_.push_back({DT_SONAME, dynamic_strings_.add(image_.soname)});
    if (!image_.search_path.empty())
      tags_.push_back({image_.search_path_tag, dynamic_strings_.add(image_.search_path)});
  }

  std::size_t dynamic_entry_count() const { return tags_.size() + 5 + 1 + spare_dynamic_entries; }

  std::vector<Dynamic> make_dynamic() const {
    auto entries = tags_;
    entries.push_back({DT_HASH, hash_.address});
    entries.push_back({DT_STRTAB, strings_.address});
    entries.push_back({DT_SYMTAB, symbols_.address});
    entries.push_back({DT_STRSZ, strings_.size});
    entries.push_back({DT_SYMENT, encoding.symbol_size()});
    entries.resize(dynamic_entry_count());
    return entries;
  }

  static Segment segment(std::uint32_t type, std::uint32_t flags, const Part& part, std::uint64_t alignment) {
    return {.type = type,
            .flags = flags,
            .offset = part.offset,
            .address = part.address,
            .physical_address = part.address,
            .file_size = part.size,
            .memory_size = part.size,
            .alignment = alignment};
  }

  std::vector<Segment> make_segments() const {
    return {segment(PT_LOAD, PF_R, {0, 0, strings_.end()}, image_.page_size),
            segment(PT_LOAD, PF_R | PF_W, dynamic_, image_.page_size),
            segment(PT_DYNAMIC, PF_R | PF_W, dynamic_, word), segment(PT_GNU_STACK, PF_R | PF_W, {}, 16)};
  }

  Section section(std::string_view name, std::uint32_t type, std::uint64_t flags, const Part& part) {
    return {.name = static_cast<std::uint32_t>(section_names_.add(name)),
            .type = type,
            .flags = flags,
            .address = part.address,
            .offset = part.offset,
            .size = part.size,
            .link = 0,
            .info = 0,
            .alignment = word,
            .entry_size = 0};
  }

  /// The last one is .shstrtab.
  std::vector<Section> make_sections() {
    enum : std::uint32_t { symbols_index = 2, strings_index = 3 };
    std::vector<Section> sections(1);
    sections.push_back(section(".hash", SHT_HASH, SHF_ALLOC, hash_));
    sections.back().link = symbols_index;
    sections.back().entry_size = sizeof(std::uint32_t);
    sections.push_back(section(".dynsym", SHT_DYNSYM, SHF_ALLOC, symbols_));
    sections.back().link = strings_index;
    sections.back().info = 1;  // the first symbol that isn't local: none is
    sections.back().entry_size = encoding.symbol_size();
    sections.push_back(section(".dynstr", SHT_STRTAB, SHF_ALLOC, strings_));
    sections.back().alignment = 1;
    sections.push_back(section(".dynamic", SHT_DYNAMIC, SHF_ALLOC | SHF_WRITE, dynamic_));
    sections.back().link = strings_index;
    sections.back().entry_size = encoding.dynamic_size();
    sections.push_back(section(".shstrtab", SHT_STRTAB, 0, {dynamic_.end(), 0, 0}));
    sections.back().alignment = 1;
    sections.back().size = section_names_.bytes().size();
    return sections;
  }

  std::string encode_header(std::uint64_t sections_offset, std::size_t section_count) const {
    Header header;
    header.ident = std::string(
                       "\x7f"
                       "ELF") +
                   char{ELFCLASS64} + char{ELFDATA2LSB} + char{EV_CURRENT};
    header.ident.resize(EI_NIDENT, '\0');
    header.type = ET_DYN;
    header.machine = image_.machine;
    header.version = EV_CURRENT;
    header.segments_offset = encoding.header_size();
    header.sections_offset = sections_offset;
    header.header_size = static_cast<std::uint16_t>(encoding.header_size());
    header.segment_size = static_cast<std::uint16_t>(encoding.segment_size());
    header.segment_count = segment_count;
    header.section_size = static_cast<std::uint16_t>(encoding.section_size());
    header.section_count = static_cast<std::uint16_t>(section_count);
    header.names_section = static_cast<std::uint16_t>(section_count - 1);
    Encoder encoder(encoding);
    code_header(encoder, std::as_const(header));
    return encoder.take();
  }

  const StubImage& image_;
  Strings dynamic_strings_;
  Strings section_names_;
  std::vector<Dynamic> tags_;  ///< those that name strings
  Part hash_, symbols_, strings_, dynamic_;
};

}  // namespace

std::string write_stub_image(const StubImage& image) {
  return ImageWriter(image).write();
}

}  // namespace wheelfix
