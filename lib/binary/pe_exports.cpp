#include <algorithm>

#include "binary/module_export.hpp"
#include "binary/pe_image.hpp"

// Source: Microsoft, "PE Format", the export directory table and the export name pointer table.

namespace wheelfix::pe {
namespace {

constexpr std::uint64_t table_size = 40;
constexpr std::size_t name_count_at = 24, names_at = 32;

class Exports {
 public:
  Exports(const Image& image, const CheckedBytes& file, std::uint64_t address) : image_(image), file_(file) {
    const auto table = mapped(address, table_size);
    count_ = table.u32(name_count_at);
    names_ = table.u32(names_at);
  }

  bool have(const std::string& name) const {
    std::uint64_t from = 0, to = count_;
    while (from < to) {
      const auto middle = from + (to - from) / 2;
      const auto order = name_of(middle, name.size()).compare(name);
      if (order == 0) return true;
      (order < 0 ? from : to) = order < 0 ? middle + 1 : middle;
    }
    return false;
  }

 private:
  Fields mapped(std::uint64_t address, std::uint64_t size) const {
    return {read_mapped(image_, file_, address, size, "the export table"), false};
  }

  /// No more of it than one byte after `length`.
  std::string name_of(std::uint64_t index, std::size_t length) const {
    const auto address = mapped(names_ + index * 4, 4).u32(0);
    const auto bytes = mapped(address, length + 1);
    return std::string(bytes.bytes().substr(0, bytes.bytes().find('\0')));
  }

  const Image& image_;
  const CheckedBytes& file_;
  std::uint64_t count_ = 0, names_ = 0;
};

}  // namespace

std::optional<bool> exports_one_of(ByteSource& source, const std::vector<std::string>& functions) {
  const CheckedBytes file(source, "");
  const auto image = read_image(file);
  const auto address = image.directory(DirectoryIndex::exports).address;
  if (address == 0) return std::nullopt;
  const Exports exports(image, file, address);
  return std::ranges::any_of(functions, [&](const auto& name) { return exports.have(name); });
}

}  // namespace wheelfix::pe
