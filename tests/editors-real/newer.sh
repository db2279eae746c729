#!/usr/bin/env bash
# Newer programs than the machine's own Debian has, beside it: with their own libc, in a folder, nothing is installed.
#
#     newer.sh FOLDER PROGRAM=PACKAGE…     FOLDER/bin/PROGRAM starts each
#
# Fails with 69 where the packages cannot be reached.
set -euo pipefail
folder=$1
shift
mkdir -p "$folder/bin" && folder=$(cd "$folder" && pwd)
missing=()
for named in "$@"; do
    [ -x "$folder/bin/${named%%=*}" ] || missing+=("$named")
done
[ ${#missing[@]} -gt 0 ] || exit 0
if [ "$(. /etc/os-release && echo "${ID:-}")" != debian ]; then
    echo "newer.sh: this is no Debian; install ${missing[*]} and put them into PATH" >&2
    exit 1
fi

# The mirror that this machine reads from, with the suite that comes next.
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(apt-get --print-uris update | sed -n "s|^'\\(.*\\)dists/$release/InRelease'.*|\\1|p" | sort -u | sed -n 1p)
apt=$folder/apt
mkdir -p "$apt"/{lists,cache/archives}/partial "$apt/etc"
: >"$apt/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror testing main" >"$apt/sources.list"
# No package counts as installed, so that all that a program needs comes with it.
options=(-q -o Dir::State="$apt" -o Dir::State::status="$apt/status" -o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache"
    -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=- -o Dir::Etc::preferencesparts=-
    -o APT::Sandbox::User=root -o Debug::NoLocking=1 -o APT::Keep-Downloaded-Packages=true)
if ! apt-get "${options[@]}" -o APT::Update::Error-Mode=any update >"$apt/log" 2>&1; then
    cat "$apt/log" >&2
    exit 69
fi
wanted=(install -y --no-install-recommends "${missing[@]#*=}")
# What cannot be put together is no matter of the network.
apt-get "${options[@]}" --simulate "${wanted[@]}" >"$apt/log" 2>&1 || { cat "$apt/log" >&2; exit 1; }
apt-get "${options[@]}" --download-only "${wanted[@]}" >"$apt/log" 2>&1 || { cat "$apt/log" >&2; exit 69; }
for package in "$apt"/cache/archives/*.deb; do
    dpkg -x "$package" "$folder/root"
done
rm -r "$apt"

libraries=$folder/root/usr/lib/$(uname -m)-linux-gnu
loader=$(echo "$libraries"/ld-linux-*.so.* "$folder"/root/usr/lib64/ld-linux-*.so.* | tr ' ' '\n' | grep -v '\*' | head -1)
for named in "${missing[@]}"; do
    program=${named%%=*}
    cat >"$folder/bin/$program" <<END
#!/bin/sh
exec "$loader" --library-path "$libraries" --argv0 "$program" "$folder/root/usr/bin/$program" "\$@"
END
    chmod +x "$folder/bin/$program"
done
