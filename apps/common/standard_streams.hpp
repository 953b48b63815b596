#pragma once

namespace cli {

/// Opens those of stdin, stdout and stderr that are closed (`2>&-`), so that no file that is opened later
/// gets the number of one, and error text ends up in a wheel. They are opened the wrong way round: what reads
/// from them or writes to them fails as it would have.
void hold_standard_streams();

}  // namespace cli
