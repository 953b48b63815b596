#include "graft/grafted_name.hpp"

#include <algorithm>

namespace wheelfix {

std::string grafted_name(std::string_view file_name, std::string_view sha256) {
  const auto dot = std::min(file_name.find('.'), file_name.size());
  std::string base(file_name.substr(0, dot));
  const auto mark = "-" + std::string(sha256.substr(0, 8));
  if (!base.ends_with(mark)) base += mark;
  return base.append(file_name.substr(dot));
}

}  // namespace wheelfix
