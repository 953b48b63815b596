#pragma once

namespace cli {

/// From here on SIGINT, SIGTERM and SIGHUP only set what interrupted() tells, so that temporary files are
/// removed on the way out. SIGXFSZ is ignored, so that a file over the limit is an error as a full disk is.
void catch_signals();

/// The signal that was caught, or 0.
int interrupted() noexcept;

}  // namespace cli
