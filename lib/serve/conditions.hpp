#pragma once

#include <cstdint>
#include <string>
#include <wheelfix/serve.hpp>

#include "base/file.hpp"

namespace wheelfix {

/// What tells one state of a file from another: an entity tag and a date, as headers have them.
struct Validators {
  std::string etag;
  std::string last_modified;
};

/// The same file sent as another type has another tag.
Validators validators_of(const FileStamp& stamp, char type);

/// Whether who sent the request has this state already: If-None-Match, else If-Modified-Since. A date counts
/// only if it is the one that was sent, as nginx has it, so no date is parsed.
bool is_known_to_client(const HttpRequest& request, const Validators& state);

/// Whether the range that is requested may be of this state: by If-Range, if there is one.
bool may_send_part(const HttpRequest& request, const Validators& state);

}  // namespace wheelfix
