#pragma once

struct ssl_st;

namespace wayleave::net {

class Socket;

/// Makes OpenSSL read from and write to `socket`, which must outlive `ssl`. OpenSSL asks for more
/// whenever it has used up what it got; where `Socket` knows that there is nothing, it is answered
/// without a system call, which is why OpenSSL's own socket BIO is not used. Throws std::bad_alloc
/// when OpenSSL has no memory.
void attach(ssl_st* ssl, Socket& socket);

}  // namespace wayleave::net
