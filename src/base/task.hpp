#pragma once

#include <boost/asio/awaitable.hpp>

namespace wayleave {

/// A coroutine on an Asio executor. Parameters are taken by value unless the caller awaits in the
/// same scope.
template <class T = void>
using Task = boost::asio::awaitable<T>;

}  // namespace wayleave
