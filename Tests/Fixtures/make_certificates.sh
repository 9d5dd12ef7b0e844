#!/bin/sh
# Makes Fixtures/tls: certificates for tests of TLS, which sign themselves and last a century, and keys
# that keep nothing secret.
#
#   Tests/Fixtures/make_certificates.sh
set -eu
cd "$(dirname "$0")/tls"

for name in one two; do
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days 36500 \
        -subj "/CN=$name.test" -addext "subjectAltName=DNS:$name.test,IP:127.0.0.1" \
        -keyout "$name.key" -out "$name.pem"
done
openssl genrsa -traditional -out rsa.key 2048
openssl ec -in one.key -aes128 -passout pass:secret -out locked.key
