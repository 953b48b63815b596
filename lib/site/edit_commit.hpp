#pragma once

#include <vector>
#include <wheelfix/site.hpp>

namespace wheelfix {

/// As Site::commit. The folders of the edits' distributions are locked.
std::vector<CommittedEdit> commit_edits(const std::vector<const WheelEdit*>& edits,
                                        const SiteCommitOptions& options, const SiteOptions& site,
                                        const SiteAnnouncement& announce);

}  // namespace wheelfix
