#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "oauth/token_request.hpp"
#include "oauth/token_response.hpp"

namespace wayleave::provider {

enum class AuthKind { OAuth2, ApiKey, Basic, ClientCredentials };
enum class PkceUse { Required, Optional, None };

/// When tokens are refreshed and what the provider does then.
struct RefreshRules {
  bool rotates = false;                          ///< each refresh kills the token that was spent
  std::optional<std::chrono::seconds> lead;      ///< refresh this early; else relative to the life
  std::optional<std::chrono::seconds> idle_ttl;  ///< an unused grant dies after this
  std::chrono::seconds grace{0};                 ///< a spent token is accepted this long again
};

/// A GET that tells whose account was connected, and which member of the answer names it.
struct Lookup {
  std::string url;    ///< absolute, may hold {access_token} nowhere: the token goes in the header
  std::string field;  ///< top-level member of the JSON answer
};

struct Auth {
  AuthKind kind = AuthKind::OAuth2;
  std::string authorize;
  std::string token;
  std::string revoke;      ///< empty: the provider has none
  std::string introspect;  ///< empty: none
  std::string issuer;      ///< empty: not known; else `iss` must equal it when it comes (OA-07)
  bool sends_iss = false;  ///< a missing `iss` is then refused
  oauth::ClientAuth client_auth = oauth::ClientAuth::Post;
  PkceUse pkce = PkceUse::Optional;
  std::string scope_separator = " ";
  FormFields authorize_params;
  FormFields token_params;
  RefreshRules refresh;
  std::optional<std::chrono::seconds> expires_in_default;
  std::vector<std::string> callback_fields;  ///< query fields of the callback kept as metadata
  std::vector<std::string> token_fields;     ///< members of the token answer kept as metadata
  std::string account_field;                 ///< which of them is the external account (`hub_id`)
  std::optional<Lookup> lookup;
};

/// One declared API host: calls may go there and nowhere else (PX-01).
struct Host {
  std::string name;      ///< `default`, `forms` …
  std::string base_url;  ///< https://host[:port][/prefix], no query, no user part
};

struct Scope {
  std::string name;
  std::string title;      ///< for the company that registers the app
  std::string grants;     ///< for the customer who is asked; the title where the file has none
  std::string tier;       ///< what the customer's plan must include; empty: any plan
  bool required = false;  ///< each app must ask for it
  std::vector<std::string> needs;  ///< scopes without which it is of no use
};

/// A question the console asks when an app is registered.
struct Field {
  std::string name;
  std::string title;
  std::string hint;
  std::string pattern;  ///< RE2; empty: anything
  bool secret = false;
  bool required = false;
};

/// One thing to do at the provider before an app can be registered here, in plain words.
struct SetupStep {
  std::string title;
  std::string text;
  std::string link;                 ///< where it is done; empty: nowhere in particular
  std::string copy;                 ///< `redirectUrl`, `webhookUrl` or `scopes` belongs there
  std::vector<std::string> fields;  ///< names of fields whose values are found there
};

/// Calls of one kind of record, as examples to begin with.
struct Object {
  struct Call {
    std::string name;  ///< `list`, `get`, `search` …
    std::string method;
    std::string path;  ///< with `{id}` where a record's id belongs
    std::string host;  ///< name of one of the hosts
  };
  std::string name;
  std::string title;
  std::vector<Call> calls;
};

struct Limits {
  std::vector<std::string> headers;  ///< rate-limit headers passed on by the envelope
  struct Window {
    std::string name;
    int requests = 0;
    std::chrono::seconds per{0};
    bool per_account = true;  ///< counted for each connected account; else for the whole app
    std::string path_suffix;  ///< only requests whose path ends so; they count nowhere else
  };
  std::vector<Window> windows;
  /// An answer that means "too fast": its status and, when set, a top-level member's value.
  struct RateLimited {
    int status = 429;
    std::string field;
    std::string value;
    std::optional<std::chrono::seconds> wait;  ///< how long, where no Retry-After tells
  };
  std::vector<RateLimited> rate_limited;
};

/// A value that each app brings and that stands in URLs and headers as `{name}` (OA-24).
struct TenantField {
  std::string name;
  std::string title;
  std::string hint;
  std::string pattern;    ///< RE2, the whole value must match
  std::string otherwise;  ///< used when nothing is given; empty: it must be given
};

struct Node;  // provider/document.hpp

/// A SaaS with an API, as one YAML file describes it. An object that exists is valid.
struct Provider {
  std::string slug;
  std::string name;
  std::string category;                 ///< the first of the categories; empty: none
  std::vector<std::string> categories;  ///< where it is looked for
  std::string description;              ///< what it is, in a sentence or two; may be empty
  std::string docs;
  std::vector<std::string> extends;  ///< ancestors, nearest first
  Auth auth;
  /// The first is `default`. Empty only where apps bring the URLs (`configurable`) and where
  /// `unusable_reason` says why; templates are filled in by Catalogue::resolve.
  std::vector<Host> hosts;
  FormFields headers;               ///< sent with each call unless the caller sets them
  std::vector<TenantField> tenant;  ///< asked per app, as `settings`
  bool configurable = false;        ///< each app brings its own URLs as `settings` (`oauth2`)
  std::vector<Scope> scopes;
  std::vector<Field> fields;
  std::vector<SetupStep> setup_guide;  ///< in order
  std::vector<Object> objects;
  Limits limits;
  oauth::ErrorWords errors;
  /// The file as read, ancestors merged in: `webhook` and `objects` are checked and kept here for
  /// the rooms that use them; `to_json` makes it JSON. Shared by all copies of the provider.
  std::shared_ptr<const Node> document;
  std::string unusable_reason;  ///< why it cannot be used here (no --sandbox given); else empty

  [[nodiscard]] const Host* host(std::string_view name) const;
  /// True for its own slug and for an ancestor's: `hubspot-sandbox` answers to `hubspot`.
  [[nodiscard]] bool answers_to(std::string_view slug) const;
};

}  // namespace wayleave::provider
