#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/task.hpp"
#include "net/message.hpp"

namespace wayleave::net {

/// A slow route: runs as a coroutine on the slow executor, never on a worker. An exception that
/// escapes is logged and answered with a bare 500 for that request only (OP-10).
using Handler = std::function<Task<Response>(Request)>;

/// One slow route. `pattern` is a path whose segments are literals, `{}` (one segment, captured
/// into Request::params decoded) or a last `{*}` (the rest, captured as sent, without the leading
/// '/'; it may be empty). A literal segment may hold one placeholder between fixed text, as in
/// `{}.json`: `{}-{}` is not supported. Literals are compared with the path as sent.
struct Route {
  std::string method;  ///< exact, or "*" for any
  std::string pattern;
  Handler handler;
  std::size_t body_bytes_max = 1 << 20;
  /// When set, the body goes to this sink (made once per request) and body_bytes_max is not used.
  std::function<std::unique_ptr<BodySink>()> sink = {};
};

/// Finds routes. Immutable once built, so every worker may read it.
class Router {
 public:
  void add(Route route);

  struct Match {
    const Route* route = nullptr;  ///< null: no such path, or not that method
    std::vector<std::string> params;
    std::string allow;  ///< non-empty: the path exists with these methods (answer 405)
  };
  /// Segment by segment from the left, literals win over placeholders, and these over a rest. The
  /// pattern that wins decides: a method that none of its routes has is not looked for elsewhere.
  [[nodiscard]] Match match(std::string_view method, std::string_view path) const;
  /// Method and pattern of every route.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> names() const;

 private:
  struct Entry {
    std::vector<std::string> segments;
    Route route;
  };
  std::vector<std::unique_ptr<Entry>> entries_;
};

}  // namespace wayleave::net
