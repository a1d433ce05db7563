#!/bin/sh
# Starts the broker with its ACL users: start.sh CONFIG SECRETS RUN [OPTION...]
#
# CONFIG holds valkey.conf and users.acl, SECRETS a file valkey_NAME with each user's password, RUN may be written to.
# The server is told the passwords' SHA-256 alone. Options (--port 6379) go on to valkey-server.
set -eu
umask 077
config=$1 secrets=$2 run=$3
shift 3

sed '/^#/d; /^$/d' "$config/users.acl" > "$run/users.acl"
for user in $(sed -n 's/.*#@\([a-z]*\)@.*/\1/p' "$run/users.acl"); do
    secret=$secrets/valkey_$user
    if [ ! -s "$secret" ]; then
        echo "start.sh: $secret holds no password: make the secrets with worker/image/secrets.sh" >&2
        exit 78
    fi
    hash=$(tr -d '\r\n' < "$secret" | sha256sum | cut -d ' ' -f 1)
    sed "s/#@$user@/#$hash/" "$run/users.acl" > "$run/users.next"
    mv "$run/users.next" "$run/users.acl"
done
exec valkey-server "$config/valkey.conf" --aclfile "$run/users.acl" "$@"
