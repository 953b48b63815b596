#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/made_folder.hpp"
#include "site/journal.hpp"

namespace wheelfix {

/// Puts the files of a journal into their places, all or none. The new ones are in the staging folder, whole
/// and flushed, before anything changes; then the journal gets its name, and from there on the outcome is
/// decided: only names are changed after that, and a process that is killed leaves what the next one
/// finishes. An old file moves to the staging folder with its inode, so that an error puts back the file
/// itself, with its other names (hard links), owner and times.
class SiteCommit {
 public:
  /// `site`: a folder of packages, canonical and locked.
  SiteCommit(std::filesystem::path site, Journal journal);

  /// Throws Error{io} for a file that isn't the one of the journal any more, with nothing changed; else as
  /// the system calls fail, or as `announce`, which is called when all is in place: then all is put back.
  void run(const std::function<void()>& announce);

  /// Finishes the commit of a run that ended. Files that others have replaced since are left alone, and all
  /// those of a distribution whose RECORD is another now; the paths are returned.
  std::vector<std::string> finish_interrupted();

 private:
  enum class State { pending, done, foreign };
  State state(std::size_t number) const;
  std::filesystem::path target(std::size_t number) const;
  void write_journal() const;
  void put_all(const std::set<std::size_t>& skipped);
  void put(std::size_t number);
  void put_back_all();
  void put_back(std::size_t number);
  void end();
  void remove_empty_folders() const;
  std::set<std::size_t> foreign_files() const;

  std::filesystem::path site_, folder_;
  Journal journal_;
  MadeFolder made_;
};

/// What a run that ended left in a staging folder.
struct InterruptedCommit {
  bool is_finished = false;          ///< it was committed, and is finished now
  std::vector<std::string> foreign;  ///< see finish_interrupted
};

/// Finishes or removes it. Throws Error{io}, also for a journal that can't be read.
InterruptedCommit recover_site(const std::filesystem::path& site);

/// Whether there is a commit to be finished.
bool is_interrupted(const std::filesystem::path& site);

}  // namespace wheelfix
