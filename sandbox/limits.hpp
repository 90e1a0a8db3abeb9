#pragma once

#include <cstddef>

/// Every bound of the simulated world. What is over a bound is refused, or the oldest is forgotten
/// where that is said.
namespace wayleave::sandbox {

inline constexpr std::size_t kBodyBytesMax = 10U << 20;     ///< JSON and form bodies
inline constexpr std::size_t kAppsMax = 1'000;              ///< then unknown client ids are refused
inline constexpr std::size_t kAccountsMax = 1'000;          ///< seeded and made
inline constexpr std::size_t kCodesMax = 10'000;            ///< the oldest is forgotten
inline constexpr std::size_t kAccessTokensMax = 200'000;    ///< the oldest is forgotten
inline constexpr std::size_t kRefreshTokensMax = 200'000;   ///< the oldest is forgotten
inline constexpr std::size_t kRecordsMax = 200'000;         ///< per object type and account
inline constexpr std::size_t kGeneratedMax = 100'000;       ///< of those, made from the seed
inline constexpr std::size_t kVersionsMax = 20;             ///< history kept per property value
inline constexpr std::size_t kValueBytesMax = 65'536;       ///< HubSpot's own limit of a value
inline constexpr std::size_t kPropertiesMax = 1'000;        ///< definitions per object type
inline constexpr std::size_t kAssociationsMax = 50'000;     ///< from one record to one type
inline constexpr std::size_t kFormsMax = 1'000;             ///< per account
inline constexpr std::size_t kSubmissionsMax = 10'000;      ///< per form, the oldest is forgotten
inline constexpr std::size_t kWindowsMax = 100'000;         ///< rate windows, idle ones forgotten
inline constexpr std::size_t kFaultsMax = 100;              ///< rules at a time
inline constexpr std::size_t kLogMax = 1'000;               ///< requests remembered
inline constexpr std::size_t kStreamBytesMax = 1ULL << 40;  ///< of /_sandbox/bytes

}  // namespace wayleave::sandbox
