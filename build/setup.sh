# Shared by ./specgd and ./test (sourced, POSIX sh). Expects $root, the folder of the repository.
# Sets $dotnet; build PROJECT builds it in Release. The program needs nothing but the SDK; ensure_test_packages installs what some tests need.

say() { printf 'specgd: %s\n' "$*" >&2; }

find_dotnet() {
    for dotnet in "${DOTNET_ROOT:+$DOTNET_ROOT/dotnet}" "$(command -v dotnet 2>/dev/null)" "${HOME:-}/.dotnet/dotnet" \
        /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet /usr/local/share/dotnet/dotnet; do
        [ -n "$dotnet" ] && [ -x "$dotnet" ] && return 0
    done
    say "the .NET 10 SDK is needed and no 'dotnet' was found; install it from your distribution (package dotnet-sdk-10.0) or from https://dot.net"
    exit 1
}

require_sdk() {
    "$dotnet" --list-sdks 2>/dev/null | grep -q '^10\.' && return 0
    say "the .NET 10 SDK is needed; $dotnet has only: $("$dotnet" --list-sdks 2>/dev/null | cut -d' ' -f1 | tr '\n' ' ')"
    exit 1
}

have_openblas() {
    [ -n "${SPECGD_OPENBLAS:-}" ] && return 0
    { ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null; } | grep -q 'libopenblas\.so' && return 0
    for file in /usr/lib/*/openblas-*/libopenblas.so.0 /usr/lib64/libopenblas*.so.0 /opt/homebrew/opt/openblas/lib/libopenblas.dylib \
        /usr/local/opt/openblas/lib/libopenblas.dylib; do
        [ -e "$file" ] && return 0
    done
    return 1
}

# What some tests need beside, and the program never does: OpenBLAS serves where it is there, PyTorch writes captures for 'specgd diagnose', Chromium opens reports, Slurm runs a sweep (its
# daemons must be started by root, so nobody else needs them), Open MPI trains on several ranks. Without them these tests say that they were skipped. Only where SPECGD_TEST_PACKAGES is set, since they are large.
ensure_test_packages() {
    [ -n "${SPECGD_TEST_PACKAGES:-}" ] || return 0
    packages=
    have_openblas || packages="libopenblas0-pthread "
    /usr/bin/python3 -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("torch") is None)' >/dev/null 2>&1 || packages="${packages}python3-torch "
    command -v chromium >/dev/null 2>&1 || packages="${packages}chromium "
    [ "$(id -u)" != 0 ] || command -v slurmctld >/dev/null 2>&1 || [ -x /usr/sbin/slurmctld ] || packages="${packages}slurm-wlm munge "
    command -v mpirun >/dev/null 2>&1 || packages="${packages}openmpi-bin libopenmpi3 "
    [ -n "$packages" ] || return 0
    if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" != 0 ]; then
        say "for every test: apt-get install $packages"
        return 0
    fi
    mkdir -p "$root/artifacts"
    say "installing for the tests: $packages(log: artifacts/test-packages.log)"
    # shellcheck disable=SC2086 # a list of words
    if ! { apt-get update && env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages; } \
        >"$root/artifacts/test-packages.log" 2>&1 </dev/null; then
        say "that failed ($(grep -m1 '^E:' "$root/artifacts/test-packages.log" || tail -n 1 "$root/artifacts/test-packages.log")); the tests that need them are skipped"
    fi
}

# Commit of the sources, for run manifests; marked where they were changed since.
revision() {
    commit=$(git -C "$root" rev-parse --short=12 HEAD 2>/dev/null) || return 0
    [ -z "$(git -C "$root" status --porcelain -- src Directory.Build.props Directory.Packages.props 2>/dev/null)" ] || commit="$commit-modified"
    printf '%s' "$commit"
}

# locked COMMAND…: one build at a time in this folder, where the system has flock.
locked() {
    mkdir -p "$root/artifacts"
    if command -v flock >/dev/null 2>&1; then
        { flock 9 && "$@"; } 9>"$root/artifacts/.lock"
    else
        "$@"
    fi
}

# build PROJECT: one line while it works, the compiler's words only where it fails.
build() {
    require_sdk
    say "building $(basename "$1") (log: artifacts/build.log)"
    # No server of the compiler may outlive the build: it would keep the lock (descriptor 9) that the launcher holds.
    if ! "$dotnet" build "$root/$1" -c Release --nologo -v minimal -nodeReuse:false -p:UseSharedCompilation=false "-p:SourceRevisionId=$(revision)" \
        >"$root/artifacts/build.log" 2>&1 </dev/null 9>&-; then
        cat "$root/artifacts/build.log" >&2
        say "the build failed"
        exit 1
    fi
}

# build_ahead_of_time FOLDER: the program with its libraries compiled to machine code, which starts in half of the time. Fails quietly where the compiler for that cannot be restored.
build_ahead_of_time() {
    "$dotnet" publish "$root/src/SpecGD.Cli" -c Release --nologo -v minimal --use-current-runtime --self-contained false -p:PublishReadyToRun=true -p:RunAnalyzers=false \
        --artifacts-path "$1/build" -o "$1/program" -nodeReuse:false -p:UseSharedCompilation=false "-p:SourceRevisionId=$(revision)" >"$root/artifacts/ahead-of-time.log" 2>&1 </dev/null 9>&-
}
