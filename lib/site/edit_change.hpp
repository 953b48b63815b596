#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>
#include <wheelfix/applied_changes.hpp>
#include <wheelfix/edit.hpp>
#include <wheelfix/record.hpp>

#include "site/edited_files.hpp"
#include "site/site_change.hpp"

namespace wheelfix {

/// What an edit makes of a distribution: its files, what is kept of the old ones, wheelfix.json and RECORD.
/// The edit must outlive it.
class EditChange : public SiteChange {
 public:
  EditChange(const WheelEdit& edit, AppliedRun run);

  void compare(bool force) override;
  CommittedEdit result() override;

 private:
  void add(EditedFile file);
  void relabel_information();
  void move_information(const std::string& from, const std::string& to);
  bool is_own(std::string_view path) const;
  void read_record();
  void add_conda_records();
  std::string new_conda_record(const std::filesystem::path& file) const;
  void compare(const FileWork& work, bool force);
  void keep(std::size_t number);
  KeptContent way_to_keep_file(const FileWork& work, const AppliedFile* known) const;
  void add_information();
  const AppliedFile* known(std::string_view path) const;
  std::string kept_name();
  AppliedChanges merged() const;
  std::string new_record() const;

  const WheelEdit& edit_;
  std::string folder_;           ///< see applied_folder; under a new version the new one
  std::string new_record_path_;  ///< the same as record_path() unless the version is new
  std::map<std::string, std::string, std::less<>>
      moved_;  ///< files of dist-info under a new version, by old path
  AppliedRun run_;
  std::size_t edited_ = 0;  ///< of `files`, those that the edit changes, which come first
  std::optional<Record> record_;
  AppliedChanges applied_;                   ///< by earlier runs
  std::map<std::string, KeptContent> kept_;  ///< by this one, by path
  std::size_t next_kept_ = 0;
};

}  // namespace wheelfix
