#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <wheelfix/doctor.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

class [[gnu::visibility("hidden")]] AtomicFile;

/// An examination as a page that stands alone: verdict, causes, each with a picture of what leads to the
/// failure, and packages with their libraries (Examination::packages). It loads nothing, and its policy
/// forbids that; without scripts it only lacks the search. The same examination gives the same bytes, at most
/// some 10 MB.
std::string html_report(const Examination& examination);

/// A file that a report is to be written to. It is there whole or not at all.
class HtmlReportFile {
 public:
  /// Nothing is there yet. A symlink's target is replaced. Throws Error{output_exists} for what isn't a
  /// regular file, Error{io}.
  explicit HtmlReportFile(const std::filesystem::path& file);
  HtmlReportFile(const HtmlReportFile&) = delete;
  HtmlReportFile& operator=(const HtmlReportFile&) = delete;
  ~HtmlReportFile();

  /// Once. Throws Error{io}.
  void write(const Examination& examination);

 private:
  std::unique_ptr<AtomicFile> file_;
};

}  // namespace wheelfix
#pragma GCC visibility pop
