#pragma once

#include <memory>
#include <vector>
#include <wheelfix/site.hpp>

#include "site/site_change.hpp"

namespace wheelfix {

/// Reads what is there of all files of the changes.
void look_at_all(const std::vector<std::unique_ptr<SiteChange>>& changes, unsigned jobs);

/// Makes the changes, all or none, as Site::commit says; in the folder of the first one, which is locked, is
/// the journal. Those without files are skipped. Returns a result for each.
std::vector<CommittedEdit> run_changes(const std::vector<std::unique_ptr<SiteChange>>& changes,
                                       const SiteCommitOptions& options, const SiteOptions& site,
                                       const SiteAnnouncement& announce);

}  // namespace wheelfix
