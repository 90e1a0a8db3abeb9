#include "access/api_key.hpp"

namespace wayleave::access {

std::vector<db::Migration> member_migrations() {
  return {{"members", 1, R"(CREATE TABLE member (
  id text PRIMARY KEY,
  workspace text NOT NULL,
  email text NOT NULL,
  email_key text NOT NULL,
  name text NOT NULL,
  role text NOT NULL,
  password text NOT NULL DEFAULT '',
  issuer text NOT NULL DEFAULT '',
  subject text NOT NULL DEFAULT '',
  created_at bigint NOT NULL,
  joined_at bigint,
  disabled_at bigint,
  last_sign_in_at bigint
);
CREATE UNIQUE INDEX member_email ON member (workspace, email_key);
CREATE UNIQUE INDEX member_identity ON member (workspace, issuer, subject) WHERE issuer <> '';
CREATE TABLE member_totp (
  member text PRIMARY KEY,
  workspace text NOT NULL,
  secret blob NOT NULL,
  confirmed_at bigint,
  last_step bigint NOT NULL DEFAULT 0
);
CREATE TABLE recovery_code (
  member text NOT NULL,
  digest text NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (member, digest)
);
CREATE TABLE invitation (
  digest text PRIMARY KEY,
  workspace text NOT NULL,
  member text NOT NULL,
  role text NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL
);
CREATE INDEX invitation_member ON invitation (workspace, member);
CREATE TABLE session (
  id text PRIMARY KEY,
  digest text NOT NULL UNIQUE,
  workspace text NOT NULL,
  member text NOT NULL,
  method text NOT NULL,
  address text NOT NULL,
  user_agent text NOT NULL,
  created_at bigint NOT NULL,
  last_seen_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  confirmed_until bigint
);
CREATE INDEX session_member ON session (member, last_seen_at);
CREATE TABLE workspace_setting (
  workspace text NOT NULL,
  name text NOT NULL,
  value text NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (workspace, name)
);
CREATE TABLE sso_flow (
  state_digest text PRIMARY KEY,
  return_to text NOT NULL,
  created_at bigint NOT NULL
);
)"}};
}

}  // namespace wayleave::access
