#pragma once

#include <string_view>

#include "base/result.hpp"

struct sqlite3;

namespace wayleave::db::sqlite {

/// What an extended result code of SQLite means to a caller. `sql` goes to the operator's detail;
/// it holds no values.
[[nodiscard]] Error error_of(sqlite3* handle, int code, std::string_view sql);

/// The file can no longer be trusted with writes: an I/O error (a failed fsync among them) or
/// damage (OP-02).
[[nodiscard]] bool is_fatal(int code);

}  // namespace wayleave::db::sqlite
