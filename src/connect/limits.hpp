#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every bound of this room.
namespace wayleave::connect {

using std::chrono::seconds;

/// From handing out an authorize URL to its callback (OA-04).
inline constexpr seconds kFlowLife = std::chrono::minutes(10);
inline constexpr seconds kLinkLifeDefault = std::chrono::days(7);
inline constexpr seconds kLinkLifeMax = std::chrono::days(30);
inline constexpr seconds kLinkLifeMin = std::chrono::minutes(1);
/// The binding cookie outlives the flow a little, so that a late callback hears "expired".
inline constexpr seconds kCookieLife = std::chrono::minutes(15);

/// After a trip began, how long its result page offers to try again.
inline constexpr seconds kRepeatLife = std::chrono::minutes(15);

/// Ended flows stay for their result page, used and expired links for "already used".
inline constexpr seconds kFlowKept = std::chrono::days(1);
inline constexpr seconds kLinkKept = std::chrono::days(30);
/// Rows removed in passing by each new flow.
inline constexpr int kTrimmedAtOnce = 32;

inline constexpr std::int64_t kOpenFlowsMax = 100'000;
inline constexpr std::int64_t kOpenLinksMax = 1'000'000;
/// Open flows of one link; the oldest gives way, so that pressing the button again always works.
inline constexpr int kFlowsPerLinkMax = 16;

inline constexpr std::size_t kScopesMax = 200;
inline constexpr std::size_t kScopeBytesMax = 256;
inline constexpr std::size_t kReturnUrlBytesMax = 2048;
inline constexpr std::size_t kOriginBytesMax = 300;

/// Callback parameters (OA-13).
inline constexpr std::size_t kCallbackParamsMax = 32;
inline constexpr std::size_t kCallbackNameBytesMax = 64;
inline constexpr std::size_t kCodeBytesMax = 4096;
inline constexpr std::size_t kCallbackValueBytesMax = 4096;
inline constexpr std::size_t kMetadataValueBytesMax = 1024;
inline constexpr std::size_t kErrorWordBytesMax = 64;
inline constexpr std::size_t kDescriptionBytesMax = 300;

}  // namespace wayleave::connect
