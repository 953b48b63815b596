#include "binary/elf_draft.hpp"

#include <algorithm>
#include <utility>

namespace wheelfix::elf {

namespace {
constexpr std::size_t joined_gap = 16;
}

Draft::Draft(const Image& of, ByteSource& from)
    : image(of),
      source(from),
      header(of.header),
      segments(of.segments),
      sections(read_sections(of, from)),
      dynamic(of.dynamic),
      dynamic_offset(of.dynamic_offset),
      dynamic_slots(dynamic_segment().file_size / of.encoding.dynamic_size()),
      old_sections_(sections) {}

Dynamic& Draft::dynamic_entry(std::uint64_t tag) {
  return *std::find_if(dynamic.rbegin(), dynamic.rend(),
                       [&](const Dynamic& entry) { return entry.tag == tag; });
}

Segment& Draft::dynamic_segment() {
  return *std::find_if(segments.begin(), segments.end(), [](const Segment& segment) {
    return segment.type == PT_DYNAMIC && segment.file_size > 0;
  });
}

Section* Draft::section_at(std::uint64_t address, std::uint32_t type) {
  const auto found = std::find_if(sections.begin(), sections.end(), [&](const Section& section) {
    return section.type == type && section.address == address;
  });
  return found == sections.end() ? nullptr : &*found;
}

std::uint64_t Draft::load_alignment() const {
  std::uint64_t most = 4096;
  for (const auto& segment : segments) {
    if (segment.type == PT_LOAD) most = std::max(most, segment.alignment);
  }
  return most;
}

std::uint64_t Draft::address_end() const {
  std::uint64_t end = 0;
  for (const auto& segment : segments) {
    if (segment.type == PT_LOAD) end = std::max(end, segment.address_end());
  }
  return end;
}

std::uint64_t Draft::append(const std::string& bytes, std::uint64_t alignment) {
  appended_.resize(align_up(end(), alignment) - image.file_size, '\0');
  const auto offset = end();
  appended_ += bytes;
  return offset;
}

template <class T, class Code>
std::string Draft::encode(const std::vector<T>& values, Code code) const {
  Encoder encoder(image.encoding);
  for (const auto& value : values) code(encoder, value);
  return encoder.take();
}

std::vector<ByteEdit> Draft::take_differences() {
  std::vector<ByteEdit> differences;
  for (const auto& edit : in_order(std::move(overwrites_))) {
    const auto old = source.read(edit.offset, edit.bytes.size());
    const auto first_from = [&](std::size_t begin) {
      const auto same = std::mismatch(old.begin() + static_cast<std::ptrdiff_t>(begin), old.end(),
                                      edit.bytes.begin() + static_cast<std::ptrdiff_t>(begin));
      return static_cast<std::size_t>(same.first - old.begin());
    };
    for (auto begin = first_from(0); begin < old.size();) {
      auto end = begin + 1;
      auto next = first_from(end);
      for (; next < old.size() && next - end < joined_gap; next = first_from(end)) end = next + 1;
      differences.push_back({edit.offset + begin, edit.bytes.substr(begin, end - begin)});
      begin = next;
    }
  }
  return differences;
}

void Draft::move_section_symbols() {
  const auto table = std::find_if(sections.begin(), sections.end(),
                                  [](const Section& section) { return section.type == SHT_SYMTAB; });
  const bool moved = !std::equal(sections.begin(), sections.end(), old_sections_.begin(), old_sections_.end(),
                                 [](const Section& a, const Section& b) { return a.address == b.address; });
  if (table == sections.end() || !moved) return;
  const auto& encoding = image.encoding;
  const auto bytes = source.read_up_to(table->offset, table->size);
  for (std::size_t at = 0; at + encoding.symbol_size() <= bytes.size(); at += encoding.symbol_size()) {
    Symbol symbol;
    Decoder decoder(std::string_view(bytes).substr(at, encoding.symbol_size()), encoding);
    code_symbol(decoder, symbol);
    if (symbol.section >= sections.size() || symbol.value == 0) continue;
    const auto distance = sections[symbol.section].address - old_sections_[symbol.section].address;
    if (distance == 0) continue;
    symbol.value += distance;
    overwrite(table->offset + at,
              encode(std::vector{symbol}, [](auto& encoder, auto& value) { code_symbol(encoder, value); }));
  }
}

ContentEdits Draft::finish() {
  move_section_symbols();
  auto entries = dynamic;
  entries.resize(dynamic_slots);
  const auto text = encode(entries, [](auto& encoder, auto& value) { code_dynamic(encoder, value); });
  if (dynamic_offset < image.file_size) {
    overwrite(dynamic_offset, text);
  } else {
    appended_.replace(dynamic_offset - image.file_size, text.size(), text);
  }
  header.segment_count = static_cast<std::uint16_t>(segments.size());
  overwrite(0, encode(std::vector{header}, [](auto& encoder, auto& value) { code_header(encoder, value); }));
  overwrite(header.segments_offset,
            encode(segments, [](auto& encoder, auto& value) { code_segment(encoder, value); }));
  if (!sections.empty())
    overwrite(header.sections_offset,
              encode(sections, [](auto& encoder, auto& value) { code_section(encoder, value); }));
  return {take_differences(), std::move(appended_)};
}

}  // namespace wheelfix::elf
