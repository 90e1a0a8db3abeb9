#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace wayleave {

/// What the caller can do about a failure. One table in `api/` maps kinds to HTTP statuses.
enum class ErrorKind {
  Retry,        ///< transient: the same call may work later
  Reauthorize,  ///< the grant is dead: the user must connect again
  Reject,       ///< the input is wrong: change it
  Denied,       ///< the caller is not known or not allowed
  NotFound,
  Conflict,
  Limit,     ///< a named limit was exceeded
  Internal,  ///< a fault of ours or of the machine
};

/// An expected failure. `code` is stable and machine-readable (`invalid_request`); `detail` is for
/// the caller and says what to fix; `operator_detail` is for the log only. None holds a secret.
struct Error {
  ErrorKind kind = ErrorKind::Internal;
  std::string code;
  std::string detail;
  std::string operator_detail = {};
  std::string field = {};  ///< the input field at fault, when there is one
};

template <class T = void>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorKind kind,
                                                 std::string code,
                                                 std::string detail,
                                                 std::string operator_detail = {}) {
  return std::unexpected(
      Error{kind, std::move(code), std::move(detail), std::move(operator_detail)});
}

/// The caller's input is wrong; `field` names it and `detail` says how to mend it.
[[nodiscard]] inline std::unexpected<Error> reject(std::string field, std::string detail) {
  return std::unexpected(
      Error{ErrorKind::Reject, "invalid_request", std::move(detail), {}, std::move(field)});
}

/// A fault of ours; the caller learns nothing but that it happened.
[[nodiscard]] inline std::unexpected<Error> internal(std::string operator_detail) {
  return fail(ErrorKind::Internal, "internal", "internal error", std::move(operator_detail));
}

}  // namespace wayleave

// `WL_TRY(auto x, call())` returns the error of a Result or binds its value; `WL_CHECK(call())` is
// for Result<void>. The CO forms are for coroutines.
#define WL_CAT_(a, b) a##b
#define WL_CAT(a, b) WL_CAT_(a, b)
#define WL_TRY_(tmp, ret, decl, ...)                     \
  auto tmp = __VA_ARGS__;                                \
  if (!tmp) ret std::unexpected(std::move(tmp).error()); \
  decl = *std::move(tmp)
#define WL_TRY(decl, ...) WL_TRY_(WL_CAT(try_, __LINE__), return, decl, __VA_ARGS__)
#define WL_CO_TRY(decl, ...) WL_TRY_(WL_CAT(try_, __LINE__), co_return, decl, __VA_ARGS__)
#define WL_CHECK_(tmp, ret, ...) \
  if (auto tmp = __VA_ARGS__; !tmp) ret std::unexpected(std::move(tmp).error())
#define WL_CHECK(...) WL_CHECK_(WL_CAT(try_, __LINE__), return, __VA_ARGS__)
#define WL_CO_CHECK(...) WL_CHECK_(WL_CAT(try_, __LINE__), co_return, __VA_ARGS__)
