#include "api/idempotency.hpp"

#include <algorithm>
#include <charconv>

#include "api/problem.hpp"
#include "crypto/digest.hpp"
#include "vault/data_keys.hpp"

namespace wayleave::api {
namespace {

/// Where an answer is kept.
struct Slot {
  std::string workspace;
  std::string caller;
  std::string key;
  [[nodiscard]] std::string row() const { return row_of(caller, key); }
  static std::string row_of(const std::string& caller, const std::string& key) {
    return caller + "/" + key;
  }
};

crypto::Place place(const Slot& slot, const std::string& row, std::string_view column) {
  return {slot.workspace, "idempotency", row, column, 0};
}

std::string fingerprint(const net::Request& request) {
  crypto::Sha256Stream digest;
  digest.update(request.method + "\n" + request.target + "\n");
  digest.update(request.body);
  const crypto::Sha256 bytes = digest.finish();
  return {bytes.begin(), bytes.end()};
}

/// Status line, fields, blank line, body. Field values hold no line breaks (HT-17).
std::string pack(const net::Response& response) {
  std::string out = std::to_string(response.status) + "\n";
  for (const auto& [name, value] : response.fields) out += name + ":" + value + "\n";
  return out + "\n" + response.body;
}

Result<net::Response> unpack(std::string_view text) {
  const auto line = [&text]() {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view front = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return front;
  };
  net::Response response;
  const std::string_view status = line();
  const auto read = std::from_chars(status.data(), status.data() + status.size(), response.status);
  if (read.ec != std::errc{}) return internal("a kept answer is malformed");
  for (std::string_view field = line(); !field.empty(); field = line()) {
    const auto colon = field.find(':');
    if (colon == std::string_view::npos) return internal("a kept answer is malformed");
    response.fields.add(std::string(field.substr(0, colon)), std::string(field.substr(colon + 1)));
  }
  response.body = std::string(text);
  return response;
}

struct Claim {
  bool ours = false;
  std::string request;                ///< sealed fingerprint of whoever came first
  std::optional<std::string> answer;  ///< sealed; missing: not finished
};

Result<Claim> claim(db::Transaction& tx,
                    const crypto::KeyRing& keys,
                    const Slot& slot,
                    const std::string& sealed,
                    Instant now) {
  WL_CHECK(tx.execute("DELETE FROM idempotency WHERE created_at < $1", {now - kAnswersKept}));
  WL_TRY(const auto inserted,
         tx.execute("INSERT INTO idempotency (workspace, caller, idempotency_key, request,"
                    " created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                    {slot.workspace, slot.caller, slot.key, db::Blob{sealed}, now}));
  if (inserted == 1) return Claim{true, {}, {}};
  WL_TRY(const auto row,
         tx.query_one("SELECT request, answer FROM idempotency WHERE workspace = $1"
                      " AND caller = $2 AND idempotency_key = $3",
                      {slot.workspace, slot.caller, slot.key}));
  if (!row) return internal("a claimed idempotency key has no row");
  Claim found{false, (*row)[0].blob(), {}};
  WL_CHECK(vault::take_up_key_of(tx, keys, found.request));
  if (!(*row)[1].is_null()) {
    found.answer = (*row)[1].blob();
    WL_CHECK(vault::take_up_key_of(tx, keys, *found.answer));
  }
  return found;
}

Result<> keep(db::Transaction& tx, const Slot& slot, const std::string& sealed) {
  WL_CHECK(
      tx.execute("UPDATE idempotency SET answer = $4 WHERE workspace = $1 AND caller = $2"
                 " AND idempotency_key = $3",
                 {slot.workspace, slot.caller, slot.key, db::Blob{sealed}}));
  return {};
}

Result<> give_up(db::Transaction& tx, const Slot& slot) {
  WL_CHECK(
      tx.execute("DELETE FROM idempotency WHERE workspace = $1 AND caller = $2"
                 " AND idempotency_key = $3 AND answer IS NULL",
                 {slot.workspace, slot.caller, slot.key}));
  return {};
}

/// The kept answer for a repeat, or why there is none.
Result<net::Response> repeat(const crypto::KeyRing& keys,
                             const Slot& slot,
                             const Claim& claim,
                             const std::string& print) {
  const std::string row = slot.row();
  WL_TRY(const auto first, keys.open(claim.request, place(slot, row, "request")));
  const bool same = first.expose(
      [&](std::string_view bytes) { return crypto::equal_constant_time(bytes, print); });
  if (!same) {
    return fail(ErrorKind::Reject,
                "idempotency_mismatch",
                "this Idempotency-Key was used for another request; take a new one");
  }
  if (!claim.answer) {
    return fail(ErrorKind::Conflict,
                "conflict",
                "the first call with this Idempotency-Key has no known outcome: it is still"
                " running or was cut off; look at the result before using a new key");
  }
  WL_TRY(const auto answer, keys.open(*claim.answer, place(slot, row, "answer")));
  WL_TRY(auto response, answer.expose(unpack));
  response.fields.set("Idempotent-Replayed", "true");
  return response;
}

Result<Slot> slot_of(const Call& call) {
  const auto& fields = call.request.fields;
  const std::string key(fields.get("Idempotency-Key").value_or(""));
  const bool visible = std::ranges::all_of(key, [](char c) { return c > ' ' && c <= '~'; });
  if (fields.count("Idempotency-Key") != 1 || key.empty() || key.size() > kIdempotencyKeyMax ||
      !visible) {
    return reject("Idempotency-Key",
                  "Idempotency-Key: give one, of 1 to 255 visible ASCII characters");
  }
  const access::Actor& actor = call.caller.actor;
  return Slot{call.caller.workspace.str(), actor.kind + ":" + actor.id, key};
}

}  // namespace

Task<Result<net::Response>> once(Action action, Call call) {
  const Parts& parts = call.parts;
  WL_CO_TRY(const auto slot, slot_of(call));
  const std::string print = fingerprint(call.request);
  const std::string request_id = call.request.request_id;
  const std::string row = slot.row();
  const std::string sealed = parts.keys.seal(print, place(slot, row, "request"));
  auto claiming = [&keys = parts.keys, slot, sealed, now = parts.clock.now()](db::Transaction& tx) {
    return claim(tx, keys, slot, sealed, now);
  };
  WL_CO_TRY(const auto claimed, co_await parts.database.write(std::move(claiming)));
  if (!claimed.ours) co_return repeat(parts.keys, slot, claimed, print);

  auto outcome = co_await action(std::move(call));
  net::Response response = outcome ? std::move(*outcome) : problem(outcome.error(), request_id);
  Result<> kept;
  if (response.status == 429 || response.status >= 500) {
    auto giving_up = [slot](db::Transaction& tx) { return give_up(tx, slot); };
    kept = co_await parts.database.write(std::move(giving_up));
  } else {
    auto keeping = [slot, answer = parts.keys.seal(pack(response), place(slot, row, "answer"))](
                       db::Transaction& tx) { return keep(tx, slot, answer); };
    kept = co_await parts.database.write(std::move(keeping));
  }
  if (!kept) {
    parts.log.error("idempotency.not_kept",
                    {{"request", request_id}, {"detail", kept.error().operator_detail}});
  }
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return response;
}

std::vector<db::Migration> migrations() {
  return {{"api", 1, R"(CREATE TABLE idempotency (
  workspace text NOT NULL,
  caller text NOT NULL,
  idempotency_key text NOT NULL,
  request blob NOT NULL,
  answer blob,
  created_at bigint NOT NULL,
  PRIMARY KEY (workspace, caller, idempotency_key));
CREATE INDEX idempotency_age ON idempotency (created_at);
)"}};
}

std::vector<vault::SealedTable> sealed_tables() {
  return {
      {.name = "idempotency",
       .key = {"workspace", "caller", "idempotency_key"},
       .sealed = {"request", "answer"},
       .workspace = "workspace",
       .row = [](const std::vector<std::string>& key) { return Slot::row_of(key[1], key[2]); }},
      // Of the room access, which knows nothing of the vault.
      {.name = "member_totp", .key = {"member"}, .sealed = {"secret"}, .workspace = "workspace"}};
}

}  // namespace wayleave::api
