#pragma once

namespace wayleave {

/// Names the calling thread for operators; at most 15 characters.
void name_thread(const char* name);

/// The same for a thread whose work can wait: on a busy processor it gives way to the workers of
/// the data plane, which stay at the priority of the process. It still gets about a tenth of a
/// processor that they would use up.
void name_background_thread(const char* name);

}  // namespace wayleave
