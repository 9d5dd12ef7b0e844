#!/bin/sh
# Gives dixie a renewed certificate: put it into /etc/letsencrypt/renewal-hooks/deploy/, executable.
#
# certbot calls it after each renewal, with the certificate's folder in RENEWED_LINEAGE. The folder
# is root's alone; dixie gets copies that its group may read, each put in its place whole.
set -eu
name=dixie.example.com
[ "${RENEWED_LINEAGE##*/}" = "$name" ] || exit 0

folder=/etc/dixie/tls
install -d -m 750 -g dixie "$folder"
for file in fullchain.pem privkey.pem; do
    install -m 640 -g dixie "$RENEWED_LINEAGE/$file" "$folder/$file.new"
done
mv "$folder/fullchain.pem.new" "$folder/fullchain.pem"
mv "$folder/privkey.pem.new" "$folder/privkey.pem"

# SIGHUP: new connections are shown the new certificate. A pair that does not fit together leaves
# the old one in place, and the log says so.
systemctl reload dixie
