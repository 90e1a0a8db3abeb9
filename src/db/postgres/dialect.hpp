#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace wayleave::db::postgres {

/// The statement as PostgreSQL shall have it. In CREATE and ALTER the type `blob` becomes `bytea`
/// and `text` gets the collation "C": ordered by bytes as in SQLite, and by no library whose next
/// version orders otherwise. Refuses what callers may not say (BEGIN, COMMIT, SET and the like: it
/// would touch the work of others in the same commit).
[[nodiscard]] Result<std::string> translate(std::string_view sql);

/// The highest n of the `$n` in a statement; 0 when it has none.
[[nodiscard]] std::size_t parameters_in(std::string_view sql);

}  // namespace wayleave::db::postgres
