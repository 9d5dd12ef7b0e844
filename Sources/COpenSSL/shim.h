#pragma once
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/http.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <time.h>

// What OpenSSL has as macros, which Swift does not see.

/// TLS 1.2 and 1.3 without what has been a hole in either: 1 where all of it was taken.
///
/// Nothing is kept of a session here (a ticket holds it), and a connection at rest has no buffers. An
/// end without a word of farewell is an end: HTTP says itself how long its messages are.
static inline int dixie_ssl_set_up(SSL_CTX *context, const char *ciphers, const char *groups) {
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(context, ciphers) == 1 &&
           SSL_CTX_set1_groups_list(context, groups) == 1;
}

static inline int dixie_ssl_use_chain(SSL_CTX *context, const char *path) {
    return SSL_CTX_use_certificate_chain_file(context, path);
}

/// `select` is told of each client's greeting, with `argument`.
static inline void dixie_ssl_on_server_name(SSL_CTX *context,
                                            int (*select)(SSL *, int *, void *), void *argument) {
    SSL_CTX_set_tlsext_servername_callback(context, select);
    SSL_CTX_set_tlsext_servername_arg(context, argument);
}

/// What a client of tests speaks at all, and the name it asks for.
static inline void dixie_ssl_limit(SSL *connection, int oldest, int newest) {
    SSL_set_min_proto_version(connection, oldest);
    SSL_set_max_proto_version(connection, newest);
}

static inline void dixie_ssl_ask_for(SSL *connection, const char *name) {
    SSL_set_tlsext_host_name(connection, name);
}

/// Whether a certificate is for a host.
static inline int dixie_certificate_is_for(X509 *certificate, const char *host) {
    return X509_check_host(certificate, host, 0, 0, 0) == 1;
}

/// Has a client's connections speak TLS 1.2 or 1.3 and no less, with whom `roots` lead to only.
static inline void dixie_ssl_believe(SSL_CTX *context, X509_STORE *roots) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set1_cert_store(context, roots);
}

/// Whom a connection is to be with.
typedef struct dixie_peer {
    SSL_CTX *context;
    /// A name or an address, which the certificate must have.
    const char *host;
    const char *port;
    /// When a proxy on the way has to have answered, in seconds since 1970.
    time_t end;
} dixie_peer;

/// Speaks TLS over a connection that OpenSSL's HTTP client has made, and no more when it is done;
/// `argument` is a dixie_peer.
static inline BIO *dixie_speak_tls(BIO *connection, void *argument, int begins, int detail) {
    (void)detail;
    if (!begins) {
        BIO_ssl_shutdown(connection);
        BIO *secure = BIO_pop(connection);
        BIO_free(connection);
        BIO *plain = BIO_pop(secure);
        BIO_free(secure);
        return plain;
    }
    const dixie_peer *peer = (const dixie_peer *)argument;
    const time_t left = peer->end - time(NULL);
    // Where the environment names a proxy, the connection is with that one so far.
    if (OSSL_HTTP_adapt_proxy(NULL, NULL, peer->host, 1) != NULL &&
        (left <= 0 || OSSL_HTTP_proxy_connect(connection, peer->host, peer->port, NULL, NULL,
                                              (int)left, NULL, NULL) != 1))
        return NULL;
    BIO *secure = BIO_new_ssl(peer->context, 1);
    // The client reads line by line, and loses the half of one that has not come whole yet.
    BIO *buffer = BIO_new(BIO_f_buffer());
    SSL *session = NULL;
    if (secure != NULL) BIO_get_ssl(secure, &session);
    if (session == NULL || buffer == NULL || SSL_set1_host(session, peer->host) != 1 ||
        SSL_set_tlsext_host_name(session, peer->host) != 1) {
        BIO_free(buffer);
        BIO_free(secure);
        return NULL;
    }
    return BIO_push(buffer, BIO_push(secure, connection));
}
