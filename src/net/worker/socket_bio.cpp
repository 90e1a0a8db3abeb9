#include "net/worker/socket_bio.hpp"

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <memory>
#include <new>

#include "net/worker/socket.hpp"

namespace wayleave::net {
namespace {

struct MethodFree {
  void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
};
using Method = std::unique_ptr<BIO_METHOD, MethodFree>;

Socket& socket_of(BIO* bio) { return *static_cast<Socket*>(BIO_get_data(bio)); }

int receive(BIO* bio, char* into, std::size_t size, std::size_t* got) {
  BIO_clear_retry_flags(bio);
  const auto outcome = socket_of(bio).receive({into, size});
  *got = outcome.bytes;
  switch (outcome.state) {
    case Socket::State::Ok:
      return 1;
    case Socket::State::Closed:
      BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
      return 0;
    case Socket::State::Again:
      BIO_set_retry_read(bio);
      return -1;
    case Socket::State::Failed:
      return -1;
  }
  return -1;
}

int send(BIO* bio, const char* from, std::size_t size, std::size_t* put) {
  BIO_clear_retry_flags(bio);
  const iovec piece{const_cast<char*>(from), size};
  const auto outcome = socket_of(bio).send({&piece, 1});
  *put = outcome.bytes;
  if (outcome.state == Socket::State::Ok) return 1;
  if (outcome.state == Socket::State::Again) BIO_set_retry_write(bio);
  return -1;
}

long control(BIO* bio, int command, long, void*) {
  switch (command) {
    case BIO_CTRL_FLUSH:  // nothing is held back here
      return 1;
    case BIO_CTRL_EOF:  // tells an end from an error (HT-20)
      return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
    default:
      return 0;
  }
}

Method make_method() {
  const int type = BIO_get_new_index();
  Method method(type < 0 ? nullptr : BIO_meth_new(type | BIO_TYPE_SOURCE_SINK, "wayleave socket"));
  if (!method || BIO_meth_set_read_ex(method.get(), receive) != 1 ||
      BIO_meth_set_write_ex(method.get(), send) != 1 ||
      BIO_meth_set_ctrl(method.get(), control) != 1) {
    throw std::bad_alloc();
  }
  return method;
}

}  // namespace

void attach(ssl_st* ssl, Socket& socket) {
  static const Method method = make_method();
  BIO* bio = BIO_new(method.get());
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, &socket);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
}

}  // namespace wayleave::net
