#include "connect/flow_repository.hpp"

#include <string>
#include <utility>

#include "connect/limits.hpp"
#include "connect/scope_list.hpp"

namespace wayleave::connect {
namespace {

constexpr std::string_view kSelect =
    "SELECT id, state_digest, workspace, app, app_version, provider, link, app_user, redirect_uri,"
    " verifier, scopes, return_url, browser_digest, created_at, expires_at, consumed_at, outcome,"
    " missing_scopes, opener, language, repeats"
    " FROM install_flow WHERE ";

Flow read_flow(const db::Row& row) {
  Flow flow;
  std::size_t column = 0;
  const auto next = [&]() -> const db::Value& { return row[column++]; };
  flow.id = next().text();
  flow.state_digest = next().blob();
  flow.workspace = WorkspaceId(next().text());
  flow.app = AppId(next().text());
  flow.app_version = next().integer();
  flow.provider = next().text();
  flow.link = LinkId(next().text());
  flow.user = next().text();
  flow.redirect_uri = next().text();
  flow.verifier = next().blob();
  flow.scopes = load_scopes(next().text());
  flow.return_url = next().text();
  flow.browser_digest = next().blob();
  flow.created_at = next().time();
  flow.expires_at = next().time();
  flow.consumed_at = next().optional_time();
  flow.outcome = next().text();
  flow.missing = load_scopes(next().text());
  flow.opener = next().text();
  flow.language = next().text();
  flow.repeats = next().text();
  return flow;
}

db::Value blob_or_null(const std::string& bytes) {
  return bytes.empty() ? db::Value() : db::Value(db::Blob{bytes});
}

Result<std::optional<Flow>> find_where(db::Transaction& tx,
                                       std::string_view condition,
                                       db::Value value) {
  WL_TRY(auto row, tx.query_one(std::string(kSelect) + std::string(condition), {std::move(value)}));
  if (!row) return std::nullopt;
  return read_flow(*row);
}

}  // namespace

Result<> insert_flow(db::Transaction& tx, const Flow& flow) {
  const auto inserted = tx.execute(
      "INSERT INTO install_flow (id, state_digest, workspace, app, app_version, provider, link,"
      " app_user, redirect_uri, verifier, scopes, return_url, browser_digest, created_at,"
      " expires_at, opener, language, repeats)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
      {flow.id,
       db::Blob{flow.state_digest},
       flow.workspace,
       flow.app,
       flow.app_version,
       flow.provider,
       flow.link.empty() ? db::Value() : db::Value(flow.link),
       flow.user,
       flow.redirect_uri,
       blob_or_null(flow.verifier),
       store_scopes(flow.scopes),
       flow.return_url,
       blob_or_null(flow.browser_digest),
       flow.created_at,
       flow.expires_at,
       flow.opener,
       flow.language,
       flow.repeats});
  WL_CHECK(inserted);
  return {};
}

Result<std::optional<Flow>> find_flow_by_state(db::Transaction& tx, std::string_view state_digest) {
  return find_where(tx, "state_digest = $1", db::Blob{std::string(state_digest)});
}

Result<std::optional<Flow>> find_flow(db::Transaction& tx, std::string_view id) {
  return find_where(tx, "id = $1", id);
}

Result<bool> consume_flow(db::Transaction& tx, std::string_view state_digest, Instant now) {
  WL_TRY(const auto taken,
         tx.query("UPDATE install_flow SET consumed_at = $2, verifier = NULL"
                  " WHERE state_digest = $1 AND consumed_at IS NULL AND expires_at > $2"
                  " RETURNING id",
                  {db::Blob{std::string(state_digest)}, now}));
  return !taken.empty();
}

Result<> set_flow_outcome(db::Transaction& tx,
                          std::string_view id,
                          Outcome outcome,
                          const std::vector<std::string>& missing) {
  WL_CHECK(tx.execute("UPDATE install_flow SET outcome = $2, missing_scopes = $3 WHERE id = $1",
                      {id, to_string(outcome), store_scopes(missing)}));
  return {};
}

Result<std::optional<Flow>> find_last_flow(db::Transaction& tx, const LinkId& link) {
  WL_TRY(auto row,
         tx.query_one(std::string(kSelect) + "link = $1 AND browser_digest IS NOT NULL"
                                             " ORDER BY created_at DESC, id LIMIT 1",
                      {link}));
  if (!row) return std::nullopt;
  return read_flow(*row);
}

Result<std::int64_t> count_open_flows(db::Transaction& tx, Instant now) {
  WL_TRY(const auto row,
         tx.query_one("SELECT COUNT(*) FROM (SELECT 1 FROM install_flow WHERE expires_at > $1"
                      " AND consumed_at IS NULL LIMIT $2) AS open_flows",
                      {now, kOpenFlowsMax}));
  return row ? (*row)[0].integer() : 0;
}

Result<> trim_flows_of_link(db::Transaction& tx, const LinkId& link, Instant now) {
  WL_CHECK(
      tx.execute("DELETE FROM install_flow WHERE id IN (SELECT id FROM install_flow"
                 " WHERE link = $1 AND consumed_at IS NULL AND expires_at > $2"
                 " ORDER BY created_at DESC, id LIMIT 1000 OFFSET $3)",
                 {link, now, kFlowsPerLinkMax - 1}));
  return {};
}

Result<> trim_flows(db::Transaction& tx, Instant now) {
  WL_CHECK(
      tx.execute("DELETE FROM install_flow WHERE id IN (SELECT id FROM install_flow"
                 " WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
                 {now - kFlowKept, kTrimmedAtOnce}));
  return {};
}

}  // namespace wayleave::connect
