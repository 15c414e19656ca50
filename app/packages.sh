# Read by app/run.sh and tests/run.sh: what the program needs, and installing it.

build_packages="gcc g++ meson ninja-build pkg-config libsdl2-dev libsdl2-ttf-dev libfontconfig-dev
fonts-dejavu-core libv4l-dev libjpeg62-turbo-dev libpng-dev libwebp-dev libexif-dev
libopenblas-dev libdlib-dev libcjson-dev libxxhash-dev"

is_debian_12() {
    command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || return 1
    [ "$(. /etc/os-release && echo "$ID")" = debian ] || return 1
    version=$(. /etc/os-release && echo "${VERSION_ID-999}") # testing has none
    [ "${version%%.*}" -ge 12 ]
}

# install_missing PACKAGE...: says which of them are missing and installs them with apt-get, as root
# or with sudo. On another distribution it prints the whole list and stops.
install_missing() {
    if ! is_debian_12; then
        echo "visavis: this is not Debian 12. Install what your distribution calls these packages" >&2
        echo "(meson 1.0 or newer), then run: meson setup build && ninja -C build" >&2
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
    $as_root apt-get update -qq >&2
    # shellcheck disable=SC2086 # a list of words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        $missing >&2
}
