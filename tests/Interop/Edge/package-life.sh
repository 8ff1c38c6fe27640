#!/bin/sh
# The life of the package under a real dpkg: installed, upgraded, removed, purged, in a copy of this system that is thrown away (an overlay in a
# mount namespace of its own). Run it as: unshare --mount sh package-life.sh OLD.deb NEW.deb DIRECTORY. Exit code 77: that cannot be done here.
set -eu
old=$1 new=$2 work=$3
root=$work/root

mount -t tmpfs tmpfs "$work" 2>/dev/null || exit 77
cp "$old" "$work/old.deb" 2>/dev/null || { echo "the packages must lie elsewhere" >&2; exit 1; }
cp "$new" "$work/new.deb"
mkdir "$work/upper" "$work/scratch" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/scratch" "$root" 2>/dev/null || exit 77
mv "$work/old.deb" "$work/new.deb" "$root/root/"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"

# What this machine lacks of what the package needs is not the question here.
in_root() { DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"; }
package() { in_root dpkg --force-depends "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; echo "dpkg $* failed" >&2; exit 1; }; }
state() { in_root dpkg-query -W -f '${db:Status-Status} ${Version}\n' fairlead-edge 2>/dev/null || echo "not-installed"; }
about() { if [ -e "$root$1" ]; then in_root stat -c "%n %a %U:%G" "$1"; else echo "$1 is gone"; fi; }
user() { if in_root getent passwd fairlead-edge >/dev/null; then echo "user is there"; else echo "user is gone"; fi; }
tell() { echo "== $1"; state; user; about /etc/fairlead-edge/config.json; about /var/lib/fairlead-edge; about /usr/bin/fairlead-edge; about /lib/systemd/system/fairlead-edge.service; }

package -i /root/old.deb
tell installed
in_root fairlead-edge
echo '{"address":"mqtts://my.hub:8883"}' > "$root/etc/fairlead-edge/config.json"
echo messages > "$root/var/lib/fairlead-edge/spool.db"
package -i /root/new.deb
tell upgraded
cat "$root/etc/fairlead-edge/config.json" "$root/var/lib/fairlead-edge/spool.db"
package -r fairlead-edge
tell removed
cat "$root/etc/fairlead-edge/config.json" "$root/var/lib/fairlead-edge/spool.db"
package -i /root/new.deb
tell "installed again"
cat "$root/etc/fairlead-edge/config.json"
package -P fairlead-edge
tell purged
