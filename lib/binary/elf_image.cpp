#include "binary/elf_image.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "binary/checked_bytes.hpp"

namespace wheelfix::elf {
namespace {

// Real files have up to some 60 entries, and strings of a few hundred bytes.
constexpr std::size_t max_dynamic_entries = 4096;
constexpr std::uint64_t max_string_size = 64 << 10;
constexpr std::string_view magic =
    "\x7f"
    "ELF";

template <class T, class Code>
std::vector<T> decode_all(std::string_view bytes, Encoding encoding, std::size_t count, Code code) {
  Decoder decoder(bytes, encoding);
  std::vector<T> values(count);
  for (auto& value : values) code(decoder, value);
  return values;
}

class ImageReader {
 public:
  ImageReader(ByteSource& source, const std::string& subject) : source_(source) {
    image_.subject = subject;
    image_.file_size = source.size();
  }

  Image run() {
    read_header();
    read_segments();
    read_dynamic();
    return std::move(image_);
  }

  Image run_headers() {
    read_header();
    read_segments();
    return std::move(image_);
  }

 private:
  std::string bytes(std::uint64_t offset, std::uint64_t count, std::string_view what) {
    try {
      return source_.read(offset, count);
    } catch (const OutOfBytes&) {
      image_.refuse(fmt::format("{} ({} bytes at offset {:#x}) is cut short: the file has {} bytes", what,
                                count, offset, image_.file_size));
    }
  }

  void read_header() {
    const auto ident = bytes(0, EI_NIDENT, "the ELF identification");
    const auto at = [&](int index) {
      return static_cast<unsigned char>(ident[static_cast<std::size_t>(index)]);
    };
    if (!ident.starts_with(magic)) image_.refuse("is not an ELF file");
    if (at(EI_CLASS) != ELFCLASS32 && at(EI_CLASS) != ELFCLASS64)
      image_.refuse(fmt::format("the ELF class is {}, which is neither 32 nor 64 bit", at(EI_CLASS)));
    if (at(EI_DATA) != ELFDATA2LSB && at(EI_DATA) != ELFDATA2MSB)
      image_.refuse(fmt::format("the ELF byte order is {}, which is neither little nor big", at(EI_DATA)));
    image_.encoding = {at(EI_CLASS) == ELFCLASS64, at(EI_DATA) == ELFDATA2MSB};
    const auto text = bytes(0, image_.encoding.header_size(), "the ELF header");
    Decoder decoder(text, image_.encoding);
    code_header(decoder, image_.header);
  }

  void read_segments() {
    const auto& header = image_.header;
    if (header.segment_count == 0) return;
    if (header.segment_count == PN_XNUM) image_.refuse("has more program headers than fit into e_phnum");
    if (header.segment_size != image_.encoding.segment_size())
      image_.refuse(fmt::format("the size of a program header (e_phentsize) is {}, not {}",
                                header.segment_size, image_.encoding.segment_size()));
    const auto table =
        bytes(header.segments_offset, std::uint64_t{header.segment_count} * header.segment_size,
              "the program header table");
    image_.segments = decode_all<Segment>(table, image_.encoding, header.segment_count,
                                          [](auto& decoder, auto& value) { code_segment(decoder, value); });
    for (std::size_t i = 0; i < image_.segments.size(); ++i) check_segment(i);
  }

  void check_segment(std::size_t index) {
    const auto& segment = image_.segments[index];
    if (segment.type != PT_LOAD && segment.type != PT_DYNAMIC) return;
    const auto refuse = [&](std::string_view fault) {
      image_.refuse(fmt::format("program header {} (offset {:#x}, {} bytes) {}", index, segment.offset,
                                segment.file_size, fault));
    };
    if (segment.file_size > 0 &&
        (segment.offset > image_.file_size || segment.file_size > image_.file_size - segment.offset))
      refuse(fmt::format("reaches beyond the end of the file, which has {} bytes", image_.file_size));
    const auto most = image_.encoding.is_64 ? ~std::uint64_t{0} : std::uint64_t{0xFFFFFFFF};
    if (segment.memory_size > most - segment.address) refuse("reaches beyond the address space");
    if (segment.file_size > segment.memory_size && segment.type == PT_LOAD)
      refuse("has more bytes in the file than in memory");
  }

  void read_dynamic() {
    const auto found = std::find_if(
        image_.segments.begin(), image_.segments.end(),
        [](const Segment& segment) { return segment.type == PT_DYNAMIC && segment.file_size > 0; });
    if (found == image_.segments.end()) return;
    image_.dynamic_segment = static_cast<std::size_t>(found - image_.segments.begin());
    image_.dynamic_offset = image_.offset_of(found->address, "PT_DYNAMIC");
    if (image_.dynamic_offset != found->offset)
      image_.refuse(fmt::format("PT_DYNAMIC says offset {:#x}, but its address {:#x} is mapped from {:#x}",
                                found->offset, found->address, image_.dynamic_offset));
    const auto size = image_.encoding.dynamic_size();
    const auto count = std::min<std::uint64_t>(found->file_size / size, max_dynamic_entries + 1);
    const auto text = bytes(found->offset, count * size, "the dynamic section");
    image_.dynamic = decode_all<Dynamic>(text, image_.encoding, count,
                                         [](auto& decoder, auto& value) { code_dynamic(decoder, value); });
    const auto end = std::find_if(image_.dynamic.begin(), image_.dynamic.end(),
                                  [](const Dynamic& entry) { return entry.tag == DT_NULL; });
    if (end == image_.dynamic.end())
      image_.refuse(
          fmt::format("the dynamic section at offset {:#x} has no DT_NULL at its end within {} entries",
                      found->offset, count));
    image_.dynamic.erase(end, image_.dynamic.end());
  }

  ByteSource& source_;
  Image image_;
};

}  // namespace

const Dynamic* Image::find(std::uint64_t tag) const {
  const auto found =
      std::find_if(dynamic.rbegin(), dynamic.rend(), [&](const Dynamic& entry) { return entry.tag == tag; });
  return found == dynamic.rend() ? nullptr : &*found;
}

bool Image::has_in_segment(std::uint64_t address) const {
  return std::any_of(segments.begin(), segments.end(), [&](const Segment& segment) {
    return segment.type == PT_LOAD && segment.holds_address(address);
  });
}

std::uint64_t Image::offset_of(std::uint64_t address, std::string_view what) const {
  for (const auto holds : {&Segment::holds_address, &Segment::maps_with_its_last_page}) {
    for (const auto& segment : segments) {
      if (segment.type != PT_LOAD || !(segment.*holds)(address)) continue;
      const auto offset = segment.offset + (address - segment.address);
      if (offset < file_size) return offset;
    }
  }
  refuse(fmt::format("{} is at address {:#x}, which no PT_LOAD maps from the file", what, address));
}

void Image::refuse(std::string message) const {
  refuse_binary(subject, std::move(message));
}

Image read_image(ByteSource& source, const std::string& subject) {
  return ImageReader(source, subject).run();
}

Image read_headers(ByteSource& source, const std::string& subject) {
  return ImageReader(source, subject).run_headers();
}

std::vector<Section> read_sections(const Image& image, ByteSource& source) {
  const auto& header = image.header;
  if (header.sections_offset == 0 || header.section_size == 0) return {};
  if (header.section_size != image.encoding.section_size())
    image.refuse(fmt::format("the size of a section header (e_shentsize) is {}, not {}", header.section_size,
                             image.encoding.section_size()));
  const auto count_of = [](auto& decoder, auto& value) { code_section(decoder, value); };
  try {
    std::uint64_t count = header.section_count;
    if (count == 0) {  // more than fit into e_shnum: the first header has the number
      const auto first = source.read(header.sections_offset, header.section_size);
      count = decode_all<Section>(first, image.encoding, 1, count_of).front().size;
    }
    if (count > image.file_size / header.section_size) throw OutOfBytes("too many section headers");
    const auto table = source.read(header.sections_offset, count * header.section_size);
    return decode_all<Section>(table, image.encoding, count, count_of);
  } catch (const OutOfBytes&) {
    image.refuse(fmt::format("the section header table at offset {:#x} is cut short: the file has {} bytes",
                             header.sections_offset, image.file_size));
  }
}

StringTable string_table(const Image& image) {
  const auto* address = image.find(DT_STRTAB);
  const auto* size = image.find(DT_STRSZ);
  if (address == nullptr || size == nullptr)
    image.refuse("the dynamic section has no DT_STRTAB or no DT_STRSZ, so its names can't be read");
  const StringTable table{address->value, image.offset_of(address->value, "DT_STRTAB"), size->value};
  if (table.size > image.file_size - table.offset)
    image.refuse(
        fmt::format("DT_STRSZ ({} bytes from offset {:#x}) reaches beyond the end of the file, which has {} "
                    "bytes",
                    table.size, table.offset, image.file_size));
  return table;
}

std::string read_string(const Image& image, ByteSource& source, const StringTable& table, std::uint64_t index,
                        std::string_view what) {
  if (index >= table.size)
    image.refuse(
        fmt::format("{} is at {:#x} of the dynamic strings, which are {:#x} bytes", what, index, table.size));
  const auto most = std::min(table.size - index, max_string_size);
  for (std::uint64_t count = 256;; count *= 4) {
    auto text = source.read(table.offset + index, std::min(count, most));
    if (const auto end = text.find('\0'); end != std::string::npos) {
      text.resize(end);
      return text;
    }
    if (count >= most)
      image.refuse(
          fmt::format("{} at {:#x} of the dynamic strings has no end within {} bytes", what, index, most));
  }
}

}  // namespace wheelfix::elf
