#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace test {

/// Numbers and load commands of one byte order.
class MachoBuilder {
 public:
  explicit MachoBuilder(bool is_64 = true, bool big_endian = false) : is_64_(is_64), big_(big_endian) {}

  std::uint32_t cpu_type = 0x0100000C;  ///< arm64
  std::uint32_t cpu_subtype = 0;
  std::uint32_t file_type = 6;  ///< MH_DYLIB
  std::uint32_t flags = 0;

  MachoBuilder& command(std::uint32_t type, const std::string& body) {
    commands_ += number(type) + number(static_cast<std::uint32_t>(8 + body.size())) + body;
    ++count_;
    return *this;
  }

  /// One with a string after its `numbers`, the first of which stands for where that is.
  MachoBuilder& text_command(std::uint32_t type, const std::string& text, std::size_t numbers = 4,
                             std::uint32_t marker = 2, std::uint32_t its_flags = 0) {
    std::string body = number(static_cast<std::uint32_t>(8 + 4 * numbers));
    for (std::size_t i = 1; i < numbers; ++i) body += number(i == 1 ? marker : i == 4 ? its_flags : 0);
    body += text + '\0';
    body.resize((body.size() + 7) / 8 * 8, '\0');
    return command(type, body);
  }

  std::string build() const {
    std::string file = number(is_64_ ? 0xFEEDFACF : 0xFEEDFACE);
    for (const auto value :
         {cpu_type, cpu_subtype, file_type, count_, static_cast<std::uint32_t>(commands_.size()), flags})
      file += number(value);
    if (is_64_) file += number(0);
    return file + commands_;
  }

  std::string number(std::uint32_t value) const {
    std::string out;
    for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>(value >> (big_ ? 24 - 8 * i : 8 * i) & 0xFF));
    return out;
  }

 private:
  bool is_64_, big_;
  std::string commands_;
  std::uint32_t count_ = 0;
};

struct MachoSlice {
  std::uint32_t cpu_type = 0;
  std::string bytes;
};

/// Slices at multiples of 64 bytes, 32-bit or 64-bit table.
inline std::string fat_macho(const std::vector<MachoSlice>& slices, bool is_64 = false) {
  const MachoBuilder big(true, true);
  std::string file =
      big.number(is_64 ? 0xCAFEBABF : 0xCAFEBABE) + big.number(static_cast<std::uint32_t>(slices.size()));
  const auto aligned = [](std::size_t value) { return (value + 63) / 64 * 64; };
  auto at = aligned(8 + slices.size() * (is_64 ? 32 : 20));
  std::string content;
  for (const auto& slice : slices) {
    const auto high = is_64 ? big.number(0) : std::string();
    file += big.number(slice.cpu_type) + big.number(0) + high + big.number(static_cast<std::uint32_t>(at)) +
            high + big.number(static_cast<std::uint32_t>(slice.bytes.size())) + big.number(6) + high;
    content += slice.bytes;
    content.resize(aligned(content.size()), '\0');
    at += aligned(slice.bytes.size());
  }
  file.resize(aligned(file.size()), '\0');
  return file + content;
}

}  // namespace test
