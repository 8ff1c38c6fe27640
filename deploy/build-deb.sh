#!/bin/sh
# Makes the Debian package of the edge connector.
#   deploy/build-deb.sh [ARCHITECTURE] [OUTPUT DIRECTORY]
# ARCHITECTURE is amd64 (default), arm64 or armhf. PUBLISHED names a directory that `dotnet publish` made already.
# RUNTIME=native makes one file of machine code, a third of the memory: the default where a C compiler for ARCHITECTURE is at hand, which is on
# a machine of that kind. RUNTIME=own brings a trimmed .NET runtime along: the default elsewhere. RUNTIME=system depends on the distribution's.
# VERSION is the version of the package, by default that of the program.
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
if [ -z "${RUNTIME:-}" ]; then
    RUNTIME=own
    if [ "$architecture" = "$(dpkg --print-architecture)" ] && { command -v clang || command -v gcc; } >/dev/null; then RUNTIME=native; fi
fi
case $RUNTIME in
    native) kind='-p:NativeCode=true' depends='libc6, libgcc-s1, libssl3 | libssl3t64, libsqlite3-0, adduser' ;;
    own) kind='-p:SelfContained=true' depends='libc6, libgcc-s1, libstdc++6, libssl3 | libssl3t64, libsqlite3-0, adduser' ;;
    system) kind='-p:SelfContained=false' depends='aspnetcore-runtime-10.0, libsqlite3-0, adduser' ;;
    *) echo "build-deb.sh: RUNTIME must be native, own or system" >&2; exit 2 ;;
esac
case $output in
    /*) ;;
    *) output=$root/$output ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
published=${PUBLISHED:-$work/published}
if [ -z "${PUBLISHED:-}" ]; then
    dotnet publish "$root/src/Fairlead.EdgeProgram" -c Release -r "$runtime" "$kind" -o "$published" -v q --nologo
fi

umask 022
mkdir -p "$tree/DEBIAN" "$tree/usr/bin" "$tree/usr/lib/fairlead-edge" "$tree/etc/fairlead-edge" "$tree/lib/systemd/system" "$tree/usr/share/doc/fairlead-edge"
(cd "$published" && find . -type f ! -name '*.pdb' ! -name '*.xml' ! -name '*.dbg' -print | while read -r file; do
    mkdir -p "$tree/usr/lib/fairlead-edge/$(dirname "$file")"
    cp "$file" "$tree/usr/lib/fairlead-edge/$file"
done)
find "$tree/usr/lib/fairlead-edge" -type d -exec chmod 755 {} +
find "$tree/usr/lib/fairlead-edge" -type f -exec chmod 644 {} +
chmod 755 "$tree/usr/lib/fairlead-edge/fairlead-edge"
ln -s ../lib/fairlead-edge/fairlead-edge "$tree/usr/bin/fairlead-edge"
install -m 640 "$root/deploy/fairlead-edge.json" "$tree/etc/fairlead-edge/config.json"
install -m 644 "$root/deploy/fairlead-edge.service" "$tree/lib/systemd/system/fairlead-edge.service"
install -m 644 "$root/LICENSE" "$tree/usr/share/doc/fairlead-edge/copyright"
echo /etc/fairlead-edge/config.json > "$tree/DEBIAN/conffiles"
for script in postinst prerm postrm; do install -m 755 "$root/deploy/deb/$script" "$tree/DEBIAN/$script"; done
cat > "$tree/DEBIAN/control" <<END
Package: fairlead-edge
Version: $version
Section: net
Priority: optional
Architecture: $architecture
Maintainer: Fairlead contributors <fairlead@localhost>
Installed-Size: $(du -sk "$tree/usr" | cut -f1)
Depends: $depends
Recommends: mosquitto
Description: MQTT edge connector with a durable spool
 Forwards messages of a local MQTT broker to a hub over one TLS connection,
 keeps them on disk while the connection is down, and keeps device shadows
 in step with local twins.
END
mkdir -p "$output"
package=$output/fairlead-edge_${version}_$architecture.deb
dpkg-deb --root-owner-group --build "$tree" "$package" >/dev/null
echo "$package"
