// A page of another index, its content type in the first line: it is refused, or its files have names that
// lead nowhere else, and URLs of the web without credentials; our pages of them are read, too.
#include "index/upstream_page.hpp"

#include <wheelfix/error.hpp>

#include "fuzz/check.hpp"
#include "index/project.hpp"
#include "index/url.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wheelfix;
  const auto [type, page] = two_parts(data, size);
  std::vector<PageFile> files;
  try {
    files =
        parse_upstream_page({"https://user:pw@a/simple/demo/", std::string(type), std::string(page)}, "demo")
            .files;
  } catch (const Error& error) {
    CHECK_PROPERTY(error.subject() == "https://a/simple/demo/");
  }
  for (const auto& file : files) {
    CHECK_PROPERTY(!file.file_name.starts_with('.') && file.file_name.find('/') == std::string::npos);
    const auto scheme = url_scheme(file.url);
    CHECK_PROPERTY(scheme == "http" || scheme == "https");
    CHECK_PROPERTY(without_credentials(file.url) == file.url);
    CHECK_PROPERTY(file.url.find_first_of("\"<> \n") == std::string::npos);
  }
  const PageStyle style{"T", "", "https://a/simple", "symlink"};
  const auto project = make_project("demo", {}, style, files);
  CHECK_PROPERTY(read_json_page(json_page(project, style)).files.empty());
  const auto html = html_page(project, style);
  const FetchedPage ours{"https://b/simple/demo/", "text/html", html};
  CHECK_PROPERTY(parse_upstream_page(ours, "demo").files.size() <= project.files.size());
  return 0;
}
