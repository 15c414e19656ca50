# Read by app/run.sh and tests/run.sh: what the program needs, and installing it.

build_packages="gcc g++ meson ninja-build pkg-config libsdl2-dev libsdl2-ttf-dev libfontconfig-dev
fonts-dejavu-core libv4l-dev libjpeg62-turbo-dev libpng-dev libwebp-dev libexif-dev
libopenblas-dev libcjson-dev libxxhash-dev"

# install_missing PACKAGE...: says which of them are missing and installs them with apt-get, as root
# or with sudo. Where there is no apt-get it prints the whole list and stops.
install_missing() {
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        echo "visavis: no apt-get here. Install what your distribution calls these Debian 12" >&2
        echo "packages, then run: meson setup build && ninja -C build" >&2
        printf '  %s\n' "$@" >&2
        exit 1
    fi
    missing=
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    echo "visavis: installing with apt-get:$missing" >&2
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || {
            echo "visavis: neither root nor sudo: run as root: apt-get install$missing" >&2
            exit 1
        }
        as_root=sudo
    fi
    # shellcheck disable=SC2086 # a list of words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        $missing >/dev/null 2>&1 || {
        $as_root apt-get update -qq >&2
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
            --no-install-recommends $missing >&2
    }
}
