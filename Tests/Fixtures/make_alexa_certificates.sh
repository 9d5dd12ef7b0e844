#!/bin/sh
# Makes Fixtures/alexa: certificates like those by which Alexa signs its requests, and such as nobody
# should believe, each in a file of its own; they hold until 2120. The keys keep nothing secret.
#
#   Tests/Fixtures/make_alexa_certificates.sh
#
# Written for OpenSSL 3.0. `openssl ca` makes them, as it alone takes dates of the past.
set -eu
cd "$(dirname "$0")"
mkdir -p alexa
cd alexa
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/ca.cnf" <<CNF
[ca]
default_ca = all
[all]
database = $work/index
new_certs_dir = $work
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
CNF
: >"$work/index"

rsa() {
    openssl genpkey -quiet -algorithm RSA -pkeyopt "rsa_keygen_bits:$2" -out "$1"
}

# certificate NAME KEY ISSUER ISSUERS_KEY COMMON_NAME [LINE OF EXTENSIONS …]
begins=20200101000000Z ends=21200101000000Z digest=sha256
certificate() {
    name=$1 key=$2 issuer=$3 issuers_key=$4 common_name=$5
    shift 5
    printf '%s\n' "$@" >"$work/extensions"
    openssl req -new -key "$key" -subj "/CN=$common_name" -out "$work/request"
    if [ "$issuer" = self ]; then
        set -- -selfsign
    else
        set -- -cert "$issuer"
    fi
    openssl ca -batch -notext -config "$work/ca.cnf" -in "$work/request" "$@" \
        -keyfile "$issuers_key" -startdate "$begins" -enddate "$ends" -md "$digest" \
        -extfile "$work/extensions" -out "$name.pem" 2>"$work/log" || {
        cat "$work/log" >&2
        exit 1
    }
}

for key in root other-root intermediate; do rsa "$work/$key.key" 2048; done
rsa leaf.key 2048
rsa weak.key 1024
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.key

authority='basicConstraints=critical,CA:TRUE'
signs='keyUsage=critical,keyCertSign,cRLSign'
for root in root other-root; do
    certificate "$root" "$work/$root.key" self "$work/$root.key" "A test's $root" \
        "$authority" "$signs"
done
certificate intermediate "$work/intermediate.key" root.pem "$work/root.key" \
    "A test's intermediate" "$authority" "$signs"
ends=20210101000000Z
certificate old-intermediate "$work/intermediate.key" root.pem "$work/root.key" \
    "A test's old intermediate" "$authority" "$signs"
ends=21200101000000Z

# leaf NAME COMMON_NAME [LINE OF EXTENSIONS …]: by the intermediate, for the one key.
leaf() {
    name=$1 common_name=$2
    shift 2
    certificate "$name" "${key_of_leaf:-leaf.key}" intermediate.pem "$work/intermediate.key" \
        "$common_name" "$@"
}
none='basicConstraints=critical,CA:FALSE'
usage='keyUsage=critical,digitalSignature,keyEncipherment'
server='extendedKeyUsage=serverAuth'
host=echo-api.amazon.com
named="subjectAltName=DNS:$host"

leaf good "$host" "$none" "$usage" "$server" "$named"
leaf several "$host" "$none" "$usage" "$server" "subjectAltName=DNS:other.test,DNS:$host"
begins=20200101000000Z ends=20210101000000Z
leaf expired "$host" "$none" "$usage" "$server" "$named"
begins=21190101000000Z ends=21200101000000Z
leaf future "$host" "$none" "$usage" "$server" "$named"
begins=20200101000000Z
leaf other-host "$host" "$none" "$usage" "$server" "subjectAltName=DNS:api.amazon.com"
leaf suffix "$host" "$none" "$usage" "$server" "subjectAltName=DNS:$host.evil.test"
leaf prefix "$host" "$none" "$usage" "$server" "subjectAltName=DNS:evil-$host"
leaf wildcard "$host" "$none" "$usage" "$server" "subjectAltName=DNS:*.amazon.com"
leaf common-name "$host" "$none" "$usage" "$server"
leaf address "$host" "$none" "$usage" "$server" \
    "subjectAltName=email:alexa@$host,URI:https://$host/"
nul=$(printf '%s\000.evil.test' "$host" | od -An -tx1 | tr -d ' \n')
leaf nul "$host" "$none" "$usage" "$server" "subjectAltName=DER:3020821e$nul"
leaf authority "$host" "$authority" 'keyUsage=critical,digitalSignature,keyCertSign' "$server" \
    "$named"
leaf client "$host" "$none" "$usage" 'extendedKeyUsage=clientAuth' "$named"
leaf enciphers "$host" "$none" 'keyUsage=critical,keyEncipherment' "$server" "$named"
digest=sha1
leaf sha1 "$host" "$none" "$usage" "$server" "$named"
digest=sha256
key_of_leaf=ec.key
leaf ec "$host" "$none" 'keyUsage=critical,digitalSignature' "$server" "$named"
key_of_leaf=weak.key
leaf weak "$host" "$none" "$usage" "$server" "$named"

certificate self leaf.key self leaf.key "$host" "$none" "$usage" "$server" "$named"
certificate unknown leaf.key other-root.pem "$work/other-root.key" "$host" \
    "$none" "$usage" "$server" "$named"
certificate below-old leaf.key old-intermediate.pem "$work/intermediate.key" "$host" \
    "$none" "$usage" "$server" "$named"
certificate below-leaf leaf.key good.pem leaf.key "$host" "$none" "$usage" "$server" "$named"
