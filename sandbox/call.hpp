#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/fwd.hpp>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "net/message.hpp"
#include "sandbox/grants.hpp"
#include "sandbox/problem.hpp"

namespace wayleave::sandbox {

struct Account;
struct Crm;
struct World;

/// Named values of a query or form, in order.
class Params {
 public:
  Params() = default;
  explicit Params(FormFields fields) : fields_(std::move(fields)) {}
  /// The first value of that name, or empty.
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;
  /// Every value of that name, repeated or comma-separated.
  [[nodiscard]] std::vector<std::string> list(std::string_view name) const;
  [[nodiscard]] const FormFields& all() const { return fields_; }

 private:
  FormFields fields_;
};

/// One request on its way through an endpoint. Lives only while the front door holds its mutex.
struct Call {
  World& world;
  Random& random;
  net::Request& request;
  Instant now;
  std::string correlation_id;
  Params query = {};
  std::string api_version = {};             ///< "v3" or "2026-09", as the path has it
  std::shared_ptr<const Grant> grant = {};  ///< of the access token, on bearer endpoints
  Account* account = nullptr;               ///< the grant's account, on bearer endpoints

  [[nodiscard]] const std::string& param(std::size_t index) const { return request.params[index]; }
  [[nodiscard]] bool dated() const { return api_version.starts_with("20"); }
  /// The account's records. Bearer endpoints only.
  [[nodiscard]] Crm& crm() const;
  /// 403 unless the grant has one of them.
  [[nodiscard]] Outcome<void> require_any(std::vector<std::string> scopes) const;
  /// Where this service was called: `http://host:port`; for links to further pages.
  [[nodiscard]] std::string base_url() const;
};

/// The body as a JSON object; 415 for another media type, 400 for anything else.
[[nodiscard]] Outcome<boost::json::object> json_body(const Call& call);
/// The body as any JSON.
[[nodiscard]] Outcome<boost::json::value> json_value(const Call& call);
/// True when the body's media type is that one, parameters aside.
[[nodiscard]] bool has_media_type(const net::Request& request, std::string_view type);

struct Paging {
  std::uint64_t after = 0;
  std::size_t limit = 0;
};
/// `limit` and `after` of a list; 400 when they are no numbers or out of range.
[[nodiscard]] Outcome<Paging> read_paging(const Params& query,
                                          std::size_t limit_default,
                                          std::size_t limit_max);
[[nodiscard]] Outcome<bool> read_bool(const Params& query, std::string_view name);
/// A decimal number without sign; nullopt when it is anything else or too big.
[[nodiscard]] std::optional<std::uint64_t> parse_id(std::string_view text);

}  // namespace wayleave::sandbox
