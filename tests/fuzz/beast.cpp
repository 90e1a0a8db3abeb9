// Boost.Beast is the second opinion of the HTTP targets; this is where it is compiled.
#include <boost/beast/src.hpp>
