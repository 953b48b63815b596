#pragma once

namespace cli {

/// From here on SIGINT, SIGTERM and SIGHUP only set what interrupted() returns, so that temporary files are
/// removed before the program ends. SIGXFSZ is ignored, so that a file over the limit is an error like a full
/// disk.
void catch_signals();

/// The signal that was caught, or 0.
int interrupted() noexcept;

}  // namespace cli
