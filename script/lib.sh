# shellcheck shell=bash
# What the scripts share: finding what a build and a start need, and installing what is missing.
#
# Source it; it does nothing by itself. It keeps to bash 3.2, which is what macOS brings, and speaks on standard error
# only, so that the output of a command can be piped.

# The checkout, wherever the script was called from.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

# The oldest Postgres that Bullpen works with, as in adapters/cluster.
oldest_postgres=14

# A line for each argument.
say() { printf '%s\n' "$@" >&2; }

# Ends the script with what to do.
stop() {
    say "$@"
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# --- Rust ---------------------------------------------------------------------------------------------------------

get_rust="curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y"

# Puts a cargo that is new enough on PATH, or says the one line that gets it.
need_rust() {
    local wanted found home=${CARGO_HOME:-${HOME:-}/.cargo}
    wanted=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$root/Cargo.toml")
    found=$(rust_version)
    if [[ -x $home/bin/cargo ]] && is_older "${found:-0}" "$wanted"; then
        export PATH="$home/bin:$PATH"
        found=$(rust_version)
    fi
    if [[ -z $found ]] && have rustup; then
        stop "rustup has no Rust yet. Get it, then start this again:" "  rustup default stable"
    elif [[ -z $found ]]; then
        stop "Rust is missing. Get it, then start this again:" "  $get_rust"
    elif is_older "$found" "$wanted" && have rustup; then
        stop "Rust $found is too old: $wanted or newer is needed. Get it, then start this again:" "  rustup update stable && rustup default stable"
    elif is_older "$found" "$wanted"; then
        stop "Rust $found is too old: $wanted or newer is needed. Get it, then start this again:" "  $get_rust"
    fi
}

# The version of the Rust on PATH; nothing where there is none, or where rustup stands in for one that is not installed.
rust_version() {
    if have cargo; then
        { rustc --version 2>/dev/null || true; } | cut -d ' ' -f 2
    fi
}

# Whether version $1 is older than $2, by the first two numbers.
is_older() {
    local major minor than_major than_minor
    IFS=. read -r major minor _ <<<"$1"
    IFS=. read -r than_major than_minor _ <<<"$2"
    ((major < than_major || (major == than_major && ${minor:-0} < ${than_minor:-0})))
}

# --- What the system's packages bring -------------------------------------------------------------------------------

# Sees to what is named: `compiler`, `postgres`. Looks first, and asks the package manager only for what is missing.
need() {
    local what missing=""
    for what in "$@"; do
        "has_$what" || missing="$missing $what"
    done
    [[ -z $missing ]] && return
    install_packages "${missing# }"
    for what in $missing; do
        "has_$what" || stop "The package manager did not bring what is needed. $(how_to_get "$what")"
    done
}

# A C compiler that links: `cc` alone may lack the C library's headers.
has_compiler() {
    local scratch linked=1
    have cc || return 1
    scratch=$(mktemp -d)
    printf '#include <stdlib.h>\nint main(void) { return 0; }\n' >"$scratch/try.c"
    cc "$scratch/try.c" -o "$scratch/try" >/dev/null 2>&1 || linked=0
    rm -rf "$scratch"
    ((linked))
}

# The server programs, on PATH or where adapters/cluster (`SHELVES`) looks.
has_postgres() {
    local folder
    local IFS=:
    for folder in $PATH /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/libexec/postgresql* \
        /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin \
        /home/linuxbrew/.linuxbrew/opt/postgresql*/bin /Applications/Postgres.app/Contents/Versions/*/bin; do
        is_postgres "$folder" && return
    done
    return 1
}

# Whether folder $1 has the server's programs, new enough.
is_postgres() {
    local version
    [[ -x $1/postgres && -x $1/initdb ]] || return 1
    version=$("$1/postgres" --version 2>/dev/null) || return 1
    version=${version#"postgres (PostgreSQL) "}
    version=${version%%[!0-9]*}
    [[ -n $version ]] && ((version >= oldest_postgres))
}

# Without a package manager that is known, or when it has only an older one.
how_to_get() {
    case $1 in
        compiler) echo "A C compiler is missing. Install gcc or clang, with the C library's headers, then start this again." ;;
        postgres) echo "Postgres $oldest_postgres or newer is missing. Install its server programs, or set DATABASE_URL, then start this again." ;;
    esac
}

# The first that is here; nothing where there is none.
package_manager() {
    local name
    for name in apt-get dnf pacman apk zypper brew; do
        if have "$name"; then
            echo "$name"
            return
        fi
    done
}

# The packages of what is named, as the manager $1 calls them.
packages() {
    local manager=$1 what
    shift
    for what in "$@"; do
        case $manager:$what in
            apt-get:compiler) echo gcc libc6-dev ;;
            apk:compiler) echo gcc musl-dev ;;
            *:compiler) echo gcc ;;
            dnf:postgres | zypper:postgres) echo postgresql-server ;;
            brew:postgres) echo postgresql@17 ;;
            *:postgres) echo postgresql ;;
        esac
    done | paste -s -d ' ' -
}

# The line that installs packages with the manager $1.
install_line() {
    local manager=$1
    shift
    case $manager in
        apt-get) echo "apt-get update && apt-get install -y --no-install-recommends $*" ;;
        dnf) echo "dnf install -y $*" ;;
        pacman) echo "pacman -Sy --needed --noconfirm $*" ;;
        apk) echo "apk add --update-cache $*" ;;
        zypper) echo "zypper --non-interactive install $*" ;;
        brew) echo "brew install $*" ;;
    esac
}

# Installs what is named, as root where the manager wants that, or says the line to do it.
install_packages() {
    local manager what names line log as_root
    manager=$(package_manager)
    [[ -n $manager ]] || stop "$(for what in $1; do how_to_get "$what"; done)"
    # shellcheck disable=SC2086  # a list of words
    names=$(packages "$manager" $1)
    line=$(install_line "$manager" "$names")
    if [[ $manager == brew || $EUID == 0 ]]; then
        as_root="env"
    elif have sudo && sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    elif have sudo && [[ -t 0 ]]; then
        as_root=sudo
        say "sudo may ask for your password, to install: $names"
    else
        stop "Missing: $names. As root, run this, then start again:" "  $line"
    fi
    say "Installing $names with $manager."
    log=$(mktemp)
    if [[ $manager == apt-get ]]; then
        line="$without_a_cluster; $line"
    fi
    if ! $as_root sh -c "$line" </dev/null >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        stop "Installing did not work; its last lines are above, all of them in $log."
    fi
    rm -f "$log"
}

# Debian's package makes and starts a cluster of its own; nobody asked for that one. The wish is taken back afterwards.
# shellcheck disable=SC2016  # expanded by the shell that installs
without_a_cluster='export DEBIAN_FRONTEND=noninteractive
folder=/etc/postgresql-common/createcluster.d
mkdir -p $folder
echo "create_main_cluster = false" >$folder/bullpen.conf
trap "rm -f $folder/bullpen.conf; rmdir $folder 2>/dev/null || true" EXIT'

# --- The database ---------------------------------------------------------------------------------------------------

# Whether the server will find a database, or Postgres's programs, by what it was told: then none need to be installed.
is_told_of_postgres() {
    local config=${BULLPEN_CONFIG:-$root/bullpen.yaml}
    [[ -n ${DATABASE_URL:-} ]] && return
    [[ -f $root/.env ]] && grep -qE '^[[:space:]]*(export[[:space:]]+)?DATABASE_URL=.*[^[:space:]"'\'']' "$root/.env" && return
    [[ -f $config ]] && grep -qE '^[[:space:]]+binaries:[[:space:]]*[^[:space:]#n]' "$config"
}
