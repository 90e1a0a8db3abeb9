#include "connect/link_repository.hpp"

#include <string>
#include <utility>

#include "connect/limits.hpp"
#include "connect/scope_list.hpp"

namespace wayleave::connect {
namespace {

constexpr std::string_view kSelect =
    "SELECT id, token_digest, workspace, app, app_user, scopes, return_url, actor, created_at,"
    " expires_at, used_at FROM install_link WHERE ";

StoredLink read_link(const db::Row& row) {
  StoredLink link;
  std::size_t column = 0;
  const auto next = [&]() -> const db::Value& { return row[column++]; };
  link.id = LinkId(next().text());
  link.token_digest = next().blob();
  link.workspace = WorkspaceId(next().text());
  link.app = AppId(next().text());
  link.user = next().text();
  if (const auto scopes = next().optional_text()) link.scopes = load_scopes(*scopes);
  link.return_url = next().text();
  link.actor = next().text();
  link.created_at = next().time();
  link.expires_at = next().time();
  link.used_at = next().optional_time();
  return link;
}

Result<std::optional<StoredLink>> find_where(db::Transaction& tx,
                                             std::string_view condition,
                                             db::Value value) {
  WL_TRY(auto row, tx.query_one(std::string(kSelect) + std::string(condition), {std::move(value)}));
  if (!row) return std::nullopt;
  return read_link(*row);
}

}  // namespace

Result<> insert_link(db::Transaction& tx, const StoredLink& link) {
  const auto inserted = tx.execute(
      "INSERT INTO install_link (id, token_digest, workspace, app, app_user, scopes, return_url,"
      " actor, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      {link.id,
       db::Blob{link.token_digest},
       link.workspace,
       link.app,
       link.user,
       link.scopes ? db::Value(store_scopes(*link.scopes)) : db::Value(),
       link.return_url,
       link.actor,
       link.created_at,
       link.expires_at});
  WL_CHECK(inserted);
  return {};
}

Result<std::optional<StoredLink>> find_link_by_token(db::Transaction& tx,
                                                     std::string_view token_digest) {
  return find_where(tx, "token_digest = $1", db::Blob{std::string(token_digest)});
}

Result<std::optional<StoredLink>> find_link(db::Transaction& tx, const LinkId& id) {
  return find_where(tx, "id = $1", id);
}

Result<bool> use_link(db::Transaction& tx, const LinkId& id, Instant now) {
  WL_TRY(const auto used,
         tx.execute("UPDATE install_link SET used_at = $2 WHERE id = $1 AND used_at IS NULL",
                    {id, now}));
  return used == 1;
}

Result<std::int64_t> count_open_links(db::Transaction& tx, Instant now) {
  WL_TRY(const auto row,
         tx.query_one("SELECT COUNT(*) FROM (SELECT 1 FROM install_link WHERE expires_at > $1"
                      " AND used_at IS NULL LIMIT $2) AS open_links",
                      {now, kOpenLinksMax}));
  return row ? (*row)[0].integer() : 0;
}

Result<> trim_links(db::Transaction& tx, Instant now) {
  WL_CHECK(
      tx.execute("DELETE FROM install_link WHERE id IN (SELECT id FROM install_link"
                 " WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
                 {now - kLinkKept, kTrimmedAtOnce}));
  return {};
}

Result<> check_link_open(const StoredLink& link, Instant now) {
  if (link.used_at) {
    return fail(ErrorKind::NotFound, "gone", "this install link was used already");
  }
  if (now >= link.expires_at) {
    return fail(ErrorKind::NotFound, "gone", "this install link has expired; ask for a new one");
  }
  return {};
}

}  // namespace wayleave::connect
