#pragma once

#include <chrono>

#include "api/parts.hpp"
#include "vault/sealed_table.hpp"

namespace wayleave::api {

inline constexpr std::chrono::hours kAnswersKept{24};
inline constexpr std::size_t kIdempotencyKeyMax = 255;

/// Runs a POST at most once per caller and `Idempotency-Key` (WO-10). The key is claimed before the
/// action runs and the answer kept for 24 hours, sealed, since it may hold a new key. The same key
/// with another request: 422 `idempotency_mismatch`. A repeat while the first still runs, or after
/// the process died in the middle: 409, since nobody can say whether it took effect. An answer of
/// 429 or 5xx is not kept, so that the call can be tried again.
[[nodiscard]] Task<Result<net::Response>> once(Action action, Call call);

/// The tables of this room.
[[nodiscard]] std::vector<db::Migration> migrations();
/// Those of its tables that hold sealed values.
[[nodiscard]] std::vector<vault::SealedTable> sealed_tables();

}  // namespace wayleave::api
