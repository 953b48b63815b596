#pragma once

#include <string>
#include <string_view>

namespace lief_helper {

/// What the helper says, as lib/binary/helper_answer.hpp describes it.
class Answer {
 public:
  void put(std::string_view key, std::string_view value) {
    text_.append(key).append(" ").append(std::to_string(value.size())).append("\n");
    text_.append(value).append("\n");
  }
  void put(std::string_view key, unsigned long number) { put(key, std::to_string(number)); }
  void put(std::string_view key, const char* value) { put(key, std::string_view(value)); }

  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace lief_helper
