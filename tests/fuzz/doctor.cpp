// doctor over two wheels with hostile metadata, Python code and libraries: nothing may crash or throw,
// findings can be printed, they are the same when asked again, and so is the page, which is whole and in
// which nothing is hidden.
#include <wheelfix/doctor.hpp>
#include <wheelfix/error.hpp>
#include <wheelfix/html_report.hpp>

#include <algorithm>

#include "fuzz/check.hpp"
#include "support/stub_wheel.hpp"

using namespace wheelfix;

namespace {

struct Platform {
  const char* tag;
  const char* suffix;
};
constexpr Platform platforms[] = {
    {"cp311-cp311-manylinux_2_17_x86_64", ".cpython-311-x86_64-linux-gnu.so"},
    {"cp311-cp311-musllinux_1_2_x86_64", ".cpython-311-x86_64-linux-musl.so"},
    {"cp311-cp311-macosx_11_0_universal2", ".cpython-311-darwin.so"},
    {"cp311-cp311-win_amd64", ".cp311-win_amd64.pyd"},
    {"py3-none-any", ".so"},
};

char character(const std::string& text, std::size_t place) {
  return place < text.size() ? text[place] : '0';
}

const Platform& platform_of(const std::string& text, std::size_t place) {
  return platforms[static_cast<unsigned char>(character(text, place)) % std::size(platforms)];
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// A library's bytes, or `soname`, needed names and a runpath, each on a line, that the stub writer makes one
/// of.
std::string library_of(const std::string& part) {
  constexpr std::string_view mark = "soname ";
  if (!part.starts_with(mark)) return part;
  auto lines = split(part.substr(mark.size()), '\n');
  lines.resize(3);
  try {
    return test::library(lines[0], split(lines[1], ' '), split(lines[2], ':'));
  } catch (const Error&) {  // text that no library holds
    return part;
  }
}

struct Input {
  std::string choices;  ///< digits: the platforms of both wheels, and the layout
  std::string demo_metadata, demo_code, demo_module, demo_library;
  std::string other_metadata, other_code, other_library;

  explicit Input(std::string_view text) {
    auto all = parts(text);
    all.resize(8);
    auto part = all.begin();
    for (auto* field : {&choices, &demo_metadata, &demo_code, &demo_module, &demo_library, &other_metadata,
                        &other_code, &other_library})
      *field = std::move(*part++);
  }

  test::WheelText demo() const {
    const auto& platform = platform_of(choices, 0);
    return {.tag = platform.tag,
            .files = {{.name = "demo/__init__.py", .content = demo_code},
                      {.name = std::string("demo/_C") + platform.suffix, .content = library_of(demo_module)},
                      {.name = "demo/lib/liba.so", .content = library_of(demo_library)}},
            .metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n" + demo_metadata};
  }

  test::WheelText other() const {
    return {.name = "other",
            .tag = platform_of(choices, 1).tag,
            .files = {{.name = "other/__init__.py", .content = other_code},
                      {.name = "other/lib/libb.so.1", .content = library_of(other_library)}},
            .metadata = "Metadata-Version: 2.1\nName: other\nVersion: 1.0\n" + other_metadata};
  }
};

}  // namespace

/// See Input, in that order, with lines `%%` between.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 1 << 16) return 0;
  const test::TempFolder folder;
  const Input input(as_text(data, size));
  const std::vector<std::filesystem::path> wheels = {input.demo().write(folder), input.other().write(folder)};
  const DoctorOptions options{
      .layout = Layout::parse(character(input.choices, 2) % 2 == 0 ? "shared" : "split"),
      .python = "cp311",
      .lists_packages = true,
      .limits = {.max_entry_size = 1 << 20, .max_entries = 1000},
      .jobs = 1,
  };
  const auto examination = examine(wheels, options);
  check_findings(examination.findings);
  CHECK_PROPERTY(examination == examine(wheels, options));
  const auto page = html_report(examination);
  CHECK_PROPERTY(page == html_report(examination) && page.ends_with("</html>\n"));
  CHECK_PROPERTY(
      std::ranges::none_of(page, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; }));
  try {
    preload_entries(wheels, options);
    dependency_graph(wheels, options);
  } catch (const Error&) {
  }
  return 0;
}
