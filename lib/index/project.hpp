#pragma once

#include <string>
#include <vector>

#include "index/package.hpp"
#include "index/page_file.hpp"

namespace wheelfix {

/// How pages refer to files, and what they are called.
struct PageStyle {
  std::string title;
  std::string base_url;  ///< before a file's name; empty if the files are next to the page
  std::string upstream;  ///< URL of the index whose files are listed too; empty if there is none
  std::string links;     ///< `symlink`, `hardlink`, `copy`, or `none` with a base_url
};

/// A project as on its page.
struct Project {
  std::string name;
  std::vector<PageFile> files;  ///< ours before upstream's, newest version first by PEP 440, by file name

  /// In that order, each once. `1.0` and `1.0.0` are two spellings, and both are there.
  std::vector<std::string> versions() const;
};

/// Puts the files in order: ours, and those of upstream whose names we don't have.
Project make_project(std::string name, const std::vector<const Package*>& packages, const PageStyle& style,
                     const std::vector<PageFile>& upstream = {});

/// HTML5 pages, which people read too: the list of projects and one project's files (PEP 503, 629, 658, 714).
std::string html_list(const std::vector<Project>& projects, const PageStyle& style);
std::string html_page(const Project& project, const PageStyle& style);

/// The same as JSON (PEP 691, 700), version 1.1.
std::string json_list(const std::vector<Project>& projects);
std::string json_page(const Project& project, const PageStyle& style);

/// Whether a page is one that wheelfix-index wrote, HTML or JSON; an empty file counts as one that was cut
/// short.
bool is_our_page(std::string_view bytes);

/// What a JSON page that wheelfix-index wrote says about its files. Empty for any other bytes.
struct ListedFile {
  std::string file_name;
  std::string sha256;
  bool has_metadata = false;
};
struct ListedFiles {
  std::string links;  ///< PageStyle::links
  std::vector<ListedFile> files;
};
ListedFiles read_json_page(std::string_view bytes);

}  // namespace wheelfix
