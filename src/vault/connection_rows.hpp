#pragma once

#include <string>

#include "db/value.hpp"
#include "vault/connection.hpp"

// Rows of the table `connection`. For its repository only.
namespace wayleave::vault {

/// `SELECT … FROM connection `, without the tokens.
[[nodiscard]] const std::string& select_connection();
[[nodiscard]] Connection read_connection(const db::Row& row);

}  // namespace wayleave::vault
