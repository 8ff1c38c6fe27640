#!/bin/sh
# The life of the hub's package under a real dpkg: installed, run, upgraded, removed, purged with and without its data, in a copy of this system that
# is thrown away (an overlay in a mount namespace of its own). Run it as: unshare --mount sh hub-package-life.sh OLD.deb NEW.deb DIRECTORY.
# Exit code 77: that cannot be done here.
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
state() { in_root dpkg-query -W -f '${db:Status-Status} ${Version}\n' fairlead 2>/dev/null || echo "not-installed"; }
about() { if [ -e "$root$1" ]; then in_root stat -c "%n %a %U:%G" "$1"; else echo "$1 is gone"; fi; }
user() { if in_root getent passwd fairlead >/dev/null; then echo "user is there"; else echo "user is gone"; fi; }
tell() { echo "== $1"; state; user; about /etc/fairlead/conf.d/10-fairlead.json; about /var/lib/fairlead; about /usr/bin/fairlead; about /lib/systemd/system/fairlead.service; }

# As systemd would: as its user, with its state directory; until it says that it is ready.
run_hub() {
    rm -f "$work/lines"
    mkfifo "$work/lines"
    chroot "$root" setpriv --reuid=fairlead --regid=fairlead --clear-groups env STATE_DIRECTORY=/var/lib/fairlead fairlead hub run --listen mqtt://127.0.0.1:0 >"$work/lines" 2>"$work/hub.log" &
    hub=$!
    said=
    while read -r line; do
        if [ "$line" = ready ]; then said=$line; kill "$hub"; fi
    done <"$work/lines"
    wait "$hub" || { cat "$work/hub.log" >&2; exit 1; }
    echo "the hub was ${said:-never ready}"
}

package -i /root/old.deb
tell installed
run_hub
about /var/lib/fairlead/fairlead.db
echo '{"Broker":{"ReceiveMaximum":77}}' > "$root/etc/fairlead/conf.d/10-fairlead.json"
package -i /root/new.deb
tell upgraded
in_root fairlead hub print-config | grep '^Broker:ReceiveMaximum' | tr -s ' '
run_hub
package -r fairlead
tell removed
about /var/lib/fairlead/fairlead.db
package -P fairlead
tell "purged, data kept"
about /var/lib/fairlead/fairlead.db
package -i /root/new.deb
tell "installed again"
run_hub
echo 'fairlead fairlead/remove-data boolean true' | in_root debconf-set-selections
package -P fairlead
tell "purged with its data"
