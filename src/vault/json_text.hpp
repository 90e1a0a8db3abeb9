#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace wayleave::vault {

// Lists and maps as the database keeps them: JSON text. What is read was written here, so text of
// another shape gives an empty value.
[[nodiscard]] std::string to_json(const std::vector<std::string>& list);
[[nodiscard]] std::string to_json(const std::map<std::string, std::string>& map);
[[nodiscard]] std::vector<std::string> list_from_json(std::string_view text);
[[nodiscard]] std::map<std::string, std::string> map_from_json(std::string_view text);

/// The scalar member of a JSON object as text; empty when there is none. For answers of providers:
/// never throws.
[[nodiscard]] std::string scalar_member(std::string_view object, std::string_view name);

}  // namespace wayleave::vault
