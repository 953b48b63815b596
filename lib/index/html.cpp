#include <fmt/format.h>

#include <algorithm>

#include "base/html_text.hpp"
#include "base/text.hpp"
#include "index/page_text.hpp"
#include "index/project.hpp"

namespace wheelfix {

namespace {

/// In the page, because pages are also read from file:// and nothing else should have to be served. Colours
/// are the browser's own for each scheme. On a narrow screen a file's name gets a line of its own, and the
/// rest is below it.
constexpr std::string_view style_sheet =
    ":root{color-scheme:light dark}"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}"
    "h1{font-size:1.7rem;line-height:1.25;overflow-wrap:anywhere}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.3rem 0 .3rem 1.2rem;border-bottom:1px solid #8886}"
    "th:first-child,td:first-child{padding-left:0}"
    "td{max-width:14rem;overflow-wrap:break-word}"
    "td:first-child{max-width:none;overflow-wrap:anywhere}"
    "td.n,th.n{text-align:right;white-space:nowrap}"
    "time{white-space:nowrap}"
    "@media(max-width:45rem){"
    "td{max-width:8rem}"
    ".files thead{display:none}"
    ".files,.files tbody,.files tr,.files td:first-child{display:block}"
    ".files tr{padding:.5rem 0;border-bottom:1px solid #8886}"
    ".files td{display:inline;padding:0 1rem 0 0;border:0}"
    ".files td:empty{display:none}"
    ".files td:nth-child(3):not(:empty):before{content:\"Python \"}"
    "}";

std::string begin_page(const std::string& title) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"generator\" content=\"wheelfix-index\">\n"
      "<meta name=\"pypi:repository-version\" content=\"1.1\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n",
      title, style_sheet);
}

constexpr std::string_view end_page = "</tbody>\n</table>\n</main>\n</body>\n</html>\n";

std::string anchor(const PageFile& file) {
  auto text = fmt::format("<a href=\"{}", html_escape(file.url));
  if (!file.hashes.empty()) text += fmt::format("#{}={}", file.hashes[0].first, file.hashes[0].second);
  text += '"';
  if (!file.requires_python.empty())
    text += fmt::format(" data-requires-python=\"{}\"", html_escape(file.requires_python));
  if (file.core_metadata && file.core_metadata->empty()) {
    text += " data-core-metadata=\"true\"";
  } else if (file.core_metadata) {
    const auto& [name, digest] = file.core_metadata->front();
    text += fmt::format(" data-core-metadata=\"{}={}\"", name, digest);
  }
  if (file.yanked) text += fmt::format(" data-yanked=\"{}\"", html_escape(*file.yanked));
  return text + fmt::format(">{}</a>", html_escape(file.file_name));
}

/// The time without the fraction of a second, of which HTML takes only three digits.
std::string row(const PageFile& file) {
  const auto size = file.size ? size_text(*file.size) : std::string();
  const auto time = file.upload_time.empty() ? std::string()
                                             : fmt::format("<time datetime=\"{:.19}Z\">{:.10}</time>",
                                                           file.upload_time, file.upload_time);
  return fmt::format("<tr><td>{}</td><td>{}{}</td><td>{}</td><td class=\"n\">{}</td><td>{}</td></tr>\n",
                     anchor(file), html_escape(file.version), file.yanked ? " (yanked)" : "",
                     html_escape(file.requires_python), size, time);
}

/// Of the files that aren't upstream's.
std::uint64_t total_size(const std::vector<Project>& projects) {
  std::uint64_t size = 0;
  for (const auto& project : projects) {
    for (const auto& file : project.files) size += file.is_upstream ? 0 : file.size.value_or(0);
  }
  return size;
}

std::size_t count_upstream(const Project& project) {
  return static_cast<std::size_t>(std::ranges::count(project.files, true, &PageFile::is_upstream));
}

std::size_t count_files(const std::vector<Project>& projects) {
  std::size_t count = 0;
  for (const auto& project : projects) count += project.files.size() - count_upstream(project);
  return count;
}

}  // namespace

std::string html_list(const std::vector<Project>& projects, const PageStyle& style) {
  const auto title = html_escape(style.title);
  auto page = begin_page(title);
  page += fmt::format("<h1>{}</h1>\n<p>{}, {}, {}</p>\n", title, counted(projects.size(), "project"),
                      counted(count_files(projects), "file"), size_text(total_size(projects)));
  page +=
      "<table>\n<thead>\n<tr><th>Project</th><th>Newest version</th><th "
      "class=\"n\">Files</th></tr>\n</thead>\n<tbody>\n";
  for (const auto& project : projects) {
    page += fmt::format("<tr><td><a href=\"{0}/\">{0}</a></td><td>{1}</td><td class=\"n\">{2}</td></tr>\n",
                        html_escape(project.name),
                        project.files.empty() ? "" : html_escape(project.files.front().version),
                        project.files.size());
  }
  return page.append(end_page);
}

std::string html_page(const Project& project, const PageStyle& style) {
  auto page = begin_page(fmt::format("{} - {}", html_escape(project.name), html_escape(style.title)));
  const auto upstream = count_upstream(project);
  page += fmt::format(
      "<h1>{}</h1>\n<p>{}, {}{}</p>\n", html_escape(project.name),
      counted(project.versions().size(), "version"), counted(project.files.size(), "file"),
      upstream == 0 ? "" : fmt::format(", {} of them from {}", upstream, html_escape(style.upstream)));
  page +=
      "<table class=\"files\">\n<thead>\n<tr><th>File</th><th>Version</th><th>Python</th><th "
      "class=\"n\">Size</th><th>Date</th></tr>\n</thead>\n<tbody>\n";
  for (const auto& file : project.files) page += row(file);
  return page.append(end_page);
}

}  // namespace wheelfix
