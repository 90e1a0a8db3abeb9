#include "gateway/proxy_call.hpp"

#include "base/text.hpp"
#include "net/http1/word.hpp"
#include "vault/connection.hpp"

namespace wayleave::gateway {
namespace {

/// What a head says to the gateway itself, found in one pass.
struct Control {
  struct Field {
    std::string_view value;
    std::size_t count = 0;
  };
  Field authorization;
  Field user;
  Field base;
  Field timeout;
  Field retries;
  Field traceparent;
};

void note(Control::Field& field, std::string_view value) {
  if (field.count++ == 0) field.value = value;
}

Control control_fields(const net::http1::RequestHead& head) {
  using net::http1::same_word;
  Control control;
  for (const auto& [name, value] : head) {
    switch (name.size()) {
      case 11:
        if (same_word(name, "traceparent")) note(control.traceparent, value);
        break;
      case 13:
        if (same_word(name, "authorization")) {
          note(control.authorization, value);
        } else if (same_word(name, "wayleave-user")) {
          note(control.user, value);
        } else if (same_word(name, "wayleave-base")) {
          note(control.base, value);
        }
        break;
      case 16:
        if (same_word(name, "wayleave-timeout")) {
          note(control.timeout, value);
        } else if (same_word(name, "wayleave-retries")) {
          note(control.retries, value);
        }
        break;
      default:
        break;
    }
  }
  return control;
}

Result<> read_user(const Control::Field& named, ProxyCall& call) {
  if (named.count > 1) return reject("Wayleave-User", "Wayleave-User stands twice");
  if (call.path.has_user) {
    if (!percent_decode(call.path.encoded_user, call.user)) {
      return reject("user", "the user in the path holds a broken percent escape");
    }
    if (named.count > 0 && named.value != call.user) {
      return reject("Wayleave-User", "Wayleave-User and the user in the path differ");
    }
  } else if (named.count > 0) {
    call.user = named.value;
  } else {
    return reject("Wayleave-User",
                  "say for whom: send 'Wayleave-User: ID' or put '@ID' after the app in the path");
  }
  return vault::check_user(call.user);
}

Result<> read_control(const Control& control, ProxyCall& call) {
  WL_TRY(call.policy, parse_call_policy(control.timeout.value, control.retries.value));
  if (call.is_envelope()) return {};
  call.base = control.base.value;
  return read_user(control.user, call);
}

}  // namespace

void read_head(const net::http1::RequestHead& head, ProxyCall& call) {
  const Control control = control_fields(head);
  call.method = head.method;
  call.traceparent = control.traceparent.value;
  if (control.authorization.count == 1) call.authorization = control.authorization.value;
  if (auto read = read_control(control, call); !read) call.wrong = std::move(read).error();
}

void ProxyCall::clear() {
  path = {};
  policy = {};
  method = {};
  traceparent = {};
  authorization = {};
  user.clear();
  base = {};
  wrong.reset();
  envelope.clear();
  body_read = false;
  presented = {};
  key.reset();
  app.reset();
  destination.host = nullptr;
  destination.target.clear();
  credential.reset();
  tries = 0;
  renewed = false;
  answer_is_json = false;
  error_code.clear();
}

}  // namespace wayleave::gateway
