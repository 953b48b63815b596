#include "index/upstream_page.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <wheelfix/error.hpp>

#include "base/text.hpp"
#include "index/html_tags.hpp"
#include "index/package_name.hpp"
#include "index/url.hpp"

namespace wheelfix {

namespace {

using nlohmann::json;

/// The newest minor version whose keys are known: 1.2 has PEP 708's, 1.3 PEP 740's, 1.4 PEP 792's.
constexpr int known_minor = 4;

[[noreturn]] void refuse_page(const FetchedPage& page, const std::string& what) {
  throw Error(ErrorCode::bad_archive, without_credentials(page.url), what,
              "give the URL of a simple index, like https://pypi.org/simple");
}

/// Whether a version of the API, `1.4`, is newer than what is known.
bool is_newer_version(const FetchedPage& page, std::string_view version) {
  const auto dot = std::min(version.find('.'), version.size());
  if (version.substr(0, dot) != "1")
    refuse_page(page, "is of version " + printable(version.substr(0, 40)) + " of the index API; version 1 can be read");
  int minor = 0;
  const auto digits = version.substr(std::min(dot + 1, version.size()));
  std::from_chars(digits.data(), digits.data() + digits.size(), minor);
  return minor > known_minor;
}

std::optional<std::string> version_of(const std::string& file_name, const std::string& project) {
  try {
    if (package_kind(file_name) == PackageKind::wheel) {
      const auto name = wheel_package_name(file_name);
      return name.project == project ? std::optional(name.version) : std::nullopt;
    }
  } catch (const Error&) {
    return std::nullopt;
  }
  for (const auto& name : sdist_package_names(file_name)) {
    if (name.project == project) return name.version;
  }
  return std::nullopt;
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= 200 &&
         std::ranges::all_of(text, [](char c) { return is_ascii_alnum(c) || c == '-' || c == '_'; });
}

void add_hash(Hashes& hashes, std::string name, std::string digest) {
  if (!is_word(name) || !is_word(digest)) return;
  const bool is_first = name == "sha256";
  hashes.insert(is_first ? hashes.begin() : hashes.end(), {std::move(name), std::move(digest)});
}

/// `sha256=…`
Hashes one_hash(std::string_view text) {
  Hashes hashes;
  const auto end = text.find('=');
  if (end != std::string_view::npos)
    add_hash(hashes, std::string(text.substr(0, end)), std::string(text.substr(end + 1)));
  return hashes;
}

/// One line of text, as Requires-Python is.
bool is_line(std::string_view text) {
  return std::ranges::none_of(text,
                              [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

/// Reads the files of one page.
class PageReader {
 public:
  PageReader(const FetchedPage& page, const std::string& project)
      : page_(page), project_(project), base_(without_credentials(page.url)) {}

  UpstreamPage read() {
    if (!is_valid_utf8(page_.bytes)) refuse_page(page_, "isn't UTF-8 text");
    const auto type = ascii_lower(page_.content_type);
    const bool is_json = type.find("+json") != std::string::npos || type.starts_with("application/json") ||
                         (type.empty() && trim(page_.bytes).starts_with('{'));
    if (is_json)
      read_json();
    else if (type.empty() || type.find("html") != std::string::npos)
      read_html();
    else
      refuse_page(page_, "is " + printable(page_.content_type.substr(0, 100)) + ", not a page of an index");
    return std::move(read_);
  }

 private:
  void read_json() {
    try {
      const auto document = json::parse(page_.bytes);
      read_.is_newer = is_newer_version(page_, document.at("meta").at("api-version").get<std::string>());
      for (const auto& file : document.at("files")) {
        auto found = file_at(file.at("url").get<std::string>(), file.at("filename").get<std::string>());
        if (!found) continue;
        add_details(file, *found);
        read_.files.push_back(std::move(*found));
      }
    } catch (const json::exception&) {
      refuse_page(page_, "isn't the JSON page of an index");
    }
  }

  static void add_details(const json& file, PageFile& found) {
    const auto text = [&](const char* key) {
      const auto value = file.find(key);
      return value != file.end() && value->is_string() ? value->get<std::string>() : std::string();
    };
    found.hashes = hashes_of(file.value("hashes", json::object()));
    if (auto python = text("requires-python"); is_line(python)) found.requires_python = std::move(python);
    for (const auto* key :
         {"core-metadata", "dist-info-metadata"}) {  // PEP 714: the first, if both are there
      const auto value = file.find(key);
      if (value == file.end()) continue;
      if (value->is_object() || *value == true) found.core_metadata = hashes_of(*value);
      break;
    }
    if (const auto value = file.find("yanked"); value != file.end() && (value->is_string() || *value == true))
      found.yanked = text("yanked");
    if (const auto value = file.find("size"); value != file.end() && value->is_number_unsigned())
      found.size = value->get<std::uint64_t>();
    if (auto time = text("upload-time"); is_time(time)) found.upload_time = std::move(time);
  }

  static Hashes hashes_of(const json& object) {
    Hashes hashes;
    if (!object.is_object()) return hashes;
    for (const auto& [name, digest] : object.items()) {
      if (digest.is_string()) add_hash(hashes, name, digest.get<std::string>());
    }
    return hashes;
  }

  /// `2023-10-04T17:03:05.123456Z`
  static bool is_time(std::string_view text) {
    return text.size() >= 20 && text.size() <= 32 && text[10] == 'T' && text.ends_with('Z') &&
           text.find_first_not_of("0123456789-:.TZ") == std::string_view::npos;
  }

  void read_html() {
    bool is_marked = false;
    for (const auto& tag : html_tags(page_.bytes)) {
      if (tag.name == "base") {
        if (const auto href = tag.attribute("href")) base_ = without_credentials(resolve_url(base_, *href));
      } else if (tag.name == "meta" && tag.attribute("name") == "pypi:repository-version") {
        is_marked = true;
        read_.is_newer = is_newer_version(page_, tag.attribute("content").value_or(""));
      } else if (tag.name == "a") {
        read_anchor(tag);
      }
    }
    if (!is_marked && read_.files.empty())
      refuse_page(page_, "isn't a page of an index: it has no files of " + project_);
  }

  void read_anchor(const HtmlTag& tag) {
    const auto href = tag.attribute("href");
    if (!href) return;
    const auto [url, fragment] = split_fragment(*href);
    auto found = file_at(url, url_file_name(url));
    if (!found) return;
    found->hashes = one_hash(fragment);
    if (auto python = tag.attribute("data-requires-python"); python && is_line(*python))
      found->requires_python = *python;
    auto metadata = tag.attribute("data-core-metadata");
    if (!metadata) metadata = tag.attribute("data-dist-info-metadata");
    if (metadata && *metadata != "false") found->core_metadata = one_hash(*metadata);
    found->yanked = tag.attribute("data-yanked");
    read_.files.push_back(std::move(*found));
  }

  /// A file with no more than its name, version and URL; nothing if no installer takes it.
  std::optional<PageFile> file_at(const std::string& reference, const std::string& file_name) const {
    const bool is_plain =
        !file_name.starts_with('.') && file_name.find('/') == std::string::npos && is_line(file_name);
    auto version = is_plain ? version_of(file_name, project_) : std::nullopt;
    if (!version) return std::nullopt;
    auto url = without_credentials(resolve_url(base_, reference));
    const auto scheme = url_scheme(url);
    const bool is_reached =
        scheme == "https" || scheme == "http" || (scheme == "file" && url_scheme(page_.url) == "file");
    if (!is_reached) return std::nullopt;
    return PageFile{
        .file_name = file_name, .url = std::move(url), .version = std::move(*version), .is_upstream = true};
  }

  const FetchedPage& page_;
  const std::string& project_;
  std::string base_;
  UpstreamPage read_;
};

}  // namespace

UpstreamPage parse_upstream_page(const FetchedPage& page, const std::string& project) {
  return PageReader(page, project).read();
}

}  // namespace wheelfix
