#pragma once

namespace cli {

/// From here on SIGINT, SIGTERM and SIGHUP only set what interrupted() tells, so that temporary files are removed on the way out.
void catch_signals();

/// The signal that was caught, or 0.
int interrupted() noexcept;

}  // namespace cli
