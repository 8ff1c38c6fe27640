#!/bin/sh
# Makes a Debian package: fairlead-edge, the edge connector, or fairlead, the whole program (hub, gateway, edge connector, tools).
#   [PACKAGE=edge|hub] deploy/build-deb.sh [ARCHITECTURE] [OUTPUT DIRECTORY]
# ARCHITECTURE is amd64 (default), arm64 or armhf. PUBLISHED names a directory that `dotnet publish` made already.
# RUNTIME=native (edge alone) makes one file of machine code, a third of the memory: the default where a C compiler for ARCHITECTURE is at hand,
# which is on a machine of that kind. RUNTIME=own brings a .NET runtime along: the default elsewhere. RUNTIME=system depends on the distribution's.
# VERSION is the version of the package, by default that of the program. COMPRESSION=none packs in a moment, for tests.
set -eu

architecture=${1:-amd64}
output=${2:-artifacts/deb}
root=$(cd "$(dirname "$0")/.." && pwd)
version=${VERSION:-$(sed -n 's:.*<VersionPrefix>\(.*\)</VersionPrefix>.*:\1:p' "$root/Directory.Build.props")}
case $architecture in
    amd64) runtime=linux-x64 ;;
    arm64) runtime=linux-arm64 ;;
    armhf) runtime=linux-arm ;;
    *) echo "build-deb.sh: there is no architecture $architecture; there are amd64, arm64 and armhf" >&2; exit 2 ;;
esac
PACKAGE=${PACKAGE:-edge}
case $PACKAGE in
    edge) name=fairlead-edge project=Fairlead.EdgeProgram scripts=$root/deploy/deb ;;
    hub) name=fairlead project=Fairlead scripts=$root/deploy/deb/hub ;;
    *) echo "build-deb.sh: PACKAGE must be edge or hub" >&2; exit 2 ;;
esac
if [ -z "${RUNTIME:-}" ]; then
    RUNTIME=own
    if [ "$PACKAGE" = edge ] && [ "$architecture" = "$(dpkg --print-architecture)" ] && { command -v clang || command -v gcc; } >/dev/null; then RUNTIME=native; fi
fi
case $RUNTIME in
    native) kind='-p:NativeCode=true' depends='libc6, libgcc-s1, libssl3 | libssl3t64, libsqlite3-0, adduser' ;;
    own) kind='-p:SelfContained=true' depends='libc6, libgcc-s1, libstdc++6, libssl3 | libssl3t64, libsqlite3-0, adduser' ;;
    system) kind='-p:SelfContained=false' depends='aspnetcore-runtime-10.0, libsqlite3-0, adduser' ;;
    *) echo "build-deb.sh: RUNTIME must be native, own or system" >&2; exit 2 ;;
esac
if [ "$PACKAGE $RUNTIME" = "hub native" ]; then echo "build-deb.sh: the hub has no machine code of its own: RUNTIME must be own or system" >&2; exit 2; fi
case $output in
    /*) ;;
    *) output=$root/$output ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
published=${PUBLISHED:-$work/published}
if [ -z "${PUBLISHED:-}" ]; then
    publish() { dotnet publish "$root/src/$project" -c Release -r "$runtime" "$kind" -o "$published" -v q --nologo "$@"; }
    # Where the ahead-of-time compiler cannot be had, the program starts a little slower and is the same otherwise.
    publish || { [ "$PACKAGE" = hub ] && publish -p:AheadOfTime=false; }
fi

umask 022
library=$tree/usr/lib/$name
mkdir -p "$tree/DEBIAN" "$tree/usr/bin" "$library" "$tree/etc/$name" "$tree/lib/systemd/system" "$tree/usr/share/doc/$name"
(cd "$published" && find . -type f ! -name '*.pdb' ! -name '*.xml' ! -name '*.dbg' -print | while read -r file; do
    mkdir -p "$library/$(dirname "$file")"
    cp "$file" "$library/$file"
done)
find "$library" -type d -exec chmod 755 {} +
find "$library" -type f -exec chmod 644 {} +
chmod 755 "$library/$name"
ln -s "../lib/$name/$name" "$tree/usr/bin/$name"
install -m 644 "$root/deploy/$name.service" "$tree/lib/systemd/system/$name.service"
install -m 644 "$root/LICENSE" "$tree/usr/share/doc/$name/copyright"
if [ "$PACKAGE" = edge ]; then
    conffile=/etc/fairlead-edge/config.json settings=fairlead-edge.json recommends=mosquitto
    short='MQTT edge connector with a durable spool'
    long=' Forwards messages of a local MQTT broker to a hub over one TLS connection,
 keeps them on disk while the connection is down, and keeps device shadows
 in step with local twins.'
else
    conffile=/etc/fairlead/conf.d/10-fairlead.json settings=fairlead.json recommends=ca-certificates
    depends="$depends, debconf (>= 0.5) | debconf-2.0"
    short='self-hosted device hub: MQTT broker, registry, shadows, rules'
    long=' An MQTT 3.1.1 and 5 broker with the registry, certificates, policies, shadows
 and rules that devices made for AWS IoT Core and Azure IoT Hub expect, a web
 console, and tools. Also holds the gateway and the edge connector.'
    install -m 644 "$scripts/templates" "$tree/DEBIAN/templates"
    # What prints the completion is the program itself, where it runs.
    completions=$tree/usr/share/bash-completion/completions
    if "$library/$name" completion bash > "$work/completion" 2>/dev/null; then
        mkdir -p "$completions"
        install -m 644 "$work/completion" "$completions/$name"
    fi
fi
mkdir -p "$tree$(dirname "$conffile")"
install -m 640 "$root/deploy/$settings" "$tree$conffile"
echo "$conffile" > "$tree/DEBIAN/conffiles"
for script in postinst prerm postrm; do install -m 755 "$scripts/$script" "$tree/DEBIAN/$script"; done
cat > "$tree/DEBIAN/control" <<END
Package: $name
Version: $version
Section: net
Priority: optional
Architecture: $architecture
Maintainer: Fairlead contributors <fairlead@localhost>
Installed-Size: $(du -sk "$tree/usr" | cut -f1)
Depends: $depends
Recommends: $recommends
Description: $short
$long
END
mkdir -p "$output"
package=$output/${name}_${version}_$architecture.deb
dpkg-deb -Z"${COMPRESSION:-xz}" --root-owner-group --build "$tree" "$package" >/dev/null
echo "$package"
