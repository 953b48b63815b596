#include <fmt/format.h>

#include <algorithm>
#include <utility>

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
    "p,tbody th{overflow-wrap:anywhere}"
    "button{font:inherit;font-size:.9rem;color:inherit;background:none;border:1px solid;border-radius:.3rem;"
    "padding:.15rem .5rem;cursor:pointer}"
    "small{font-size:.75rem;line-height:1.3;display:block;overflow-wrap:anywhere}"
    "code,small{user-select:all}"
    ".pip code{display:inline-block;border:1px solid #8886;border-radius:.3rem;padding:.2rem "
    ".5rem;overflow-wrap:anywhere}"
    "tbody th{padding-top:1.5rem}"
    "@media(max-width:45rem){"
    "td{max-width:8rem}"
    ".files thead{display:none}"
    ".files,.files tbody,.files tr,.files td:first-child{display:block}"
    ".files tbody th{display:block;border:0;padding-bottom:0}"
    ".files tr{padding:.5rem 0;border-bottom:1px solid #8886}"
    ".files td{display:inline;padding:0 1rem 0 0;border:0}"
    ".files td:empty{display:none}"
    ".files td:nth-child(3):not(:empty):before{content:\"Python\\a0\"}"
    "}";

/// Puts the index's own URL into the line for pip, which a static page can't know, and shows the button that
/// copies it. Without scripts the line stays as it is, with a word on what is to be put there. A shell takes
/// the URL as it is, or in quotes.
constexpr std::string_view script =
    "const index=new URL(document.currentScript.dataset.index,location).href,"
    "line=document.querySelector('.pip code'),copy=document.querySelector('.pip button');"
    "line.textContent=line.textContent.replace('INDEX_URL',()=>"
    "/[^\\w:/.%~+@-]/.test(index)?\"'\"+index.replaceAll(\"'\",'%27')+\"'\":index);"
    "document.querySelector('.where').remove();"
    "copy.hidden=!navigator.clipboard;"
    "copy.onclick=()=>navigator.clipboard.writeText(line.textContent).then(()=>copy.textContent='Copied')";

/// The line that installs `what` from the index, whose list of projects is at `index`, as seen from the page.
/// uv takes the same words.
std::string pip_line(std::string_view what, std::string_view where) {
  return fmt::format(
      "<p class=\"pip\"><code>pip install --index-url INDEX_URL {}</code> <button type=\"button\" "
      "hidden>Copy</button></p>\n<p class=\"where\">INDEX_URL is the address of {}.</p>\n",
      html_escape(what), where);
}

std::string begin_page(const std::string& title) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"generator\" content=\"wheelfix-index\">\n"
      "<meta name=\"pypi:repository-version\" content=\"1.1\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n",
      title, style_sheet);
}

/// `index` is where the list of projects is, seen from the page.
std::string end_page(std::string_view index) {
  return fmt::format("</tbody>\n</table>\n</main>\n<script data-index=\"{}\">{}</script>\n</body>\n</html>\n",
                     index, script);
}

/// What the line for pip installs: the newest version of ours.
std::string newest(const Project& project) {
  if (project.files.empty() || project.files.front().is_upstream) return project.name;
  const auto pin = fmt::format("{}=={}", project.name, project.files.front().version);
  return pin.find('!') == std::string::npos ? pin : "'" + pin + "'";  // an epoch; to bash it is history
}

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
  const auto hash = file.hashes.empty()
                        ? std::string()
                        : fmt::format("<small>{}:{}</small>", file.hashes[0].first, file.hashes[0].second);
  return fmt::format("<tr><td>{}{}</td><td>{}{}</td><td>{}</td><td class=\"n\">{}</td><td>{}</td></tr>\n",
                     anchor(file), hash, html_escape(file.version), file.yanked ? " (yanked)" : "",
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
  page += pip_line("PROJECT", "this page");
  page +=
      "<table>\n<thead>\n<tr><th>Project</th><th>Newest version</th><th "
      "class=\"n\">Files</th></tr>\n</thead>\n<tbody>\n";
  for (const auto& project : projects) {
    page += fmt::format("<tr><td><a href=\"{0}/\">{0}</a></td><td>{1}</td><td class=\"n\">{2}</td></tr>\n",
                        html_escape(project.name),
                        project.files.empty() ? "" : html_escape(project.files.front().version),
                        project.files.size());
  }
  return page.append(end_page("./"));
}

std::string html_page(const Project& project, const PageStyle& style) {
  auto page = begin_page(fmt::format("{} - {}", html_escape(project.name), html_escape(style.title)));
  const auto upstream = count_upstream(project);
  page += fmt::format(
      // Not an anchor: uv (0.2) refuses a page with one that has no hash, and rules_python takes it for an
      // sdist.
      "<form action=\"../index.html\"><button>All projects</button></form>\n<h1>{}</h1>\n<p>{}, {}{}</p>\n",
      html_escape(project.name), counted(project.versions().size(), "version"),
      counted(project.files.size(), "file"),
      upstream == 0 ? "" : fmt::format(", {} of them from {}", upstream, html_escape(style.upstream)));
  page += pip_line(newest(project), "the list of projects");
  page +=
      "<table class=\"files\">\n<thead>\n<tr><th>File</th><th>Version</th><th>Python</th><th "
      "class=\"n\">Size</th><th>Date</th></tr>\n</thead>\n<tbody>\n";
  bool is_ours = true;
  for (const auto& file : project.files) {
    if (file.is_upstream && std::exchange(is_ours, false))
      page += fmt::format("</tbody>\n<tbody>\n<tr><th colspan=\"5\" scope=\"rowgroup\">From {}</th></tr>\n",
                          html_escape(style.upstream));
    page += row(file);
  }
  return page.append(end_page("../"));
}

}  // namespace wheelfix
