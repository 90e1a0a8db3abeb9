#include "access/api_key.hpp"

namespace wayleave::access {

std::vector<db::Migration> migrations() {
  std::vector<db::Migration> all{
      {"access", 1, R"(CREATE TABLE api_key (
  id text PRIMARY KEY,
  workspace text NOT NULL,
  name text NOT NULL,
  digest blob NOT NULL UNIQUE,
  hint text NOT NULL,
  scopes bigint NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint,
  revoked_at bigint,
  last_used_at bigint,
  parent text NOT NULL DEFAULT ''
);
CREATE INDEX api_key_workspace ON api_key (workspace, id);
CREATE INDEX api_key_parent ON api_key (parent, expires_at);
CREATE TABLE audit (
  sequence bigint PRIMARY KEY,
  at bigint NOT NULL,
  workspace text NOT NULL,
  actor_kind text NOT NULL,
  actor_id text NOT NULL,
  actor_address text NOT NULL,
  action text NOT NULL,
  target text NOT NULL,
  detail text NOT NULL
);
CREATE INDEX audit_workspace ON audit (workspace, sequence);
CREATE TABLE audit_counter (
  name text PRIMARY KEY,
  value bigint NOT NULL
);
)"},
      // Which filters go through an index: audit_list.cpp. Actions had one dot until now.
      {"access", 2, R"(ALTER TABLE api_key ADD COLUMN allowed_addresses text NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN actor_name text NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN area text NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN hash blob;
ALTER TABLE audit_counter ADD COLUMN hash blob;
UPDATE audit SET area = rtrim(action, 'abcdefghijklmnopqrstuvwxyz_');
DROP INDEX audit_workspace;
CREATE INDEX audit_time ON audit (workspace, at, sequence);
CREATE INDEX audit_area ON audit (workspace, area, at, sequence);
CREATE INDEX audit_action ON audit (workspace, action, at, sequence);
CREATE INDEX audit_actor ON audit (workspace, actor_id, at, sequence);
CREATE INDEX audit_target ON audit (workspace, target, at, sequence);
)"},
      {"trail", 1, R"(CREATE TABLE audit_seal (
  place text PRIMARY KEY,
  workspace text NOT NULL DEFAULT '',
  sequence bigint NOT NULL UNIQUE,
  sealed blob NOT NULL
);
)"}};
  for (const auto& migration : member_migrations()) all.push_back(migration);
  return all;
}

}  // namespace wayleave::access
