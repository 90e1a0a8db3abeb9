#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace wayleave::db::postgres {

/// What an SQLSTATE means to a caller; `message` is the server's, `sql` holds no values. Both go to
/// the operator's detail.
[[nodiscard]] Error error_of(std::string_view sqlstate,
                             std::string_view message,
                             std::string_view sql);

/// The connection is gone or could not be made (no SQLSTATE).
[[nodiscard]] Error unreachable(std::string detail, std::string operator_detail);

/// The same function may succeed when run again: a conflict of transactions, or a prepared
/// statement that another session's change of the schema made useless.
[[nodiscard]] bool worth_again(std::string_view sqlstate);

/// The server ends the session with this error, or should be left for another one (a standby).
[[nodiscard]] bool ends_connection(std::string_view sqlstate);

/// The five characters of an SQLSTATE in a message of libpq with verbosity VERBOSE; empty if none.
[[nodiscard]] std::string sqlstate_in(std::string_view message);

}  // namespace wayleave::db::postgres
