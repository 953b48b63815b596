#include "zip/windows_name.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace wheelfix::zip {

namespace {

/// CON, COM1 and their kin, in any case and with any extension. The digits of ports may be superscript.
bool is_device(std::string_view component) {
  constexpr std::array<std::string_view, 6> devices = {"con", "prn", "aux", "nul", "conin$", "conout$"};
  constexpr std::array<std::string_view, 3> superscript = {"\xc2\xb9", "\xc2\xb2", "\xc2\xb3"};
  auto stem = component.substr(0, component.find('.'));
  stem = stem.substr(0, stem.find_last_not_of(' ') + 1);
  if (stem.size() < 3 || stem.size() > 7) return false;
  const auto name = ascii_lower(stem);
  if (std::ranges::find(devices, name) != devices.end()) return true;
  if (!name.starts_with("com") && !name.starts_with("lpt")) return false;
  const auto port = std::string_view(name).substr(3);
  return (port.size() == 1 && port[0] >= '1' && port[0] <= '9') ||
         std::ranges::find(superscript, port) != superscript.end();
}

}  // namespace

const char* windows_name_reason(std::string_view path) {
  for (const auto component : split(path, '/')) {
    if (component.empty() || component == "." || component == "..") continue;
    if (component.ends_with('.') || component.ends_with(' ')) return "has a dot or a space at the end";
    if (component.find_first_of(":*?\"<>|") != std::string_view::npos) return "has one of : * ? \" < > |";
    if (is_device(component)) return "is that of a device";
  }
  return nullptr;
}

}  // namespace wheelfix::zip
