#!/bin/sh
# Makes a random password for each user of the broker, the archive and the monitor: secrets.sh [FOLDER]
#
# What is there already stays. The folder is closed to other users of this host; the files in it are not, since each
# is mounted into a container whose user is not the host's.
set -eu
folder=${1:-.secrets}
mkdir -p "$folder"
chmod 700 "$folder"
for name in valkey_producers valkey_upstream valkey_intake valkey_workers valkey_beat valkey_readers valkey_monitor \
    postgres flower; do
    [ -s "$folder/$name" ] || od -An -N24 -tx1 /dev/urandom | tr -d ' \n' > "$folder/$name"
    chmod 444 "$folder/$name"
done
