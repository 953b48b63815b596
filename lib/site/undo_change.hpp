#pragma once

#include <map>
#include <string>
#include <vector>
#include <wheelfix/applied_changes.hpp>

#include "site/site_change.hpp"

namespace wheelfix {

/// A file that isn't as wheelfix left it.
struct DifferingFile {
  std::string path;
  std::string message;
};

/// What brings back all that wheelfix changed of a distribution, by its wheelfix.json.
class UndoChange : public SiteChange {
 public:
  UndoChange(const Wheel& wheel, AppliedChanges applied);

  void compare(bool force) override;
  CommittedEdit result() override;

 private:
  void add(const AppliedFile& file);
  void restore(FileWork& work, const AppliedFile& file) const;
  void remove(const std::string& path);
  void remove_compiled();
  bool has_work(std::string_view path) const;
  void check_staged(const FileWork& work) const override;

  AppliedChanges applied_;
  std::map<std::string, const AppliedFile*, std::less<>> by_path_;
};

/// The files that aren't as wheelfix left them, after SiteChange::look: others, or gone. Compiled Python,
/// which Python makes again, isn't compared; RECORD by its rows, of files that wheelfix didn't change.
std::vector<DifferingFile> differing_files(const SiteChange& change, const AppliedChanges& applied);

}  // namespace wheelfix
