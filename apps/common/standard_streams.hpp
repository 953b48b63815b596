#pragma once

namespace cli {

/// Opens those of stdin, stdout and stderr that are closed (`2>&-`). Otherwise a file that is opened later
/// could get the number of one, and error text would end up in a wheel. They are opened the wrong way round,
/// so that reading and writing fail as before.
void hold_standard_streams();

}  // namespace cli
