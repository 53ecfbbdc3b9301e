#!/bin/sh
# Whole-process figures, side by side in one run: start-up, the interpreter's speed, and its distance from the same C
# code compiled for the processor under your feet. Everything is measured here and now; nothing is remembered.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
kernel=$root/core/src/main/resources/ringside/guests/reference.elf
sources=$root/core/src/main/guests/reference
work=$(mktemp -d "${TMPDIR:-/tmp}/ringside-figures.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM

# now: nanoseconds, where date knows them
now() { date +%s%N; }

# median of the numbers on stdin, one a line
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

startup() {
    cd "$root"
    ./ringside run scripts/popf.groovy >/dev/null
    for i in 1 2 3 4 5; do
        from=$(now)
        ./ringside run scripts/popf.groovy >/dev/null
        to=$(now)
        echo $(((to - from) / 1000000))
    done | median
}

# field NAME: the number that the JSON on stdin gives for NAME
field() { sed -n "s/.*\"$1\": *\\([0-9.]*\\).*/\\1/p" | head -n 1; }

# emulated WORK REPEAT: prints instructions and MIPS of the reference kernel doing WORK
emulated() {
    "$root/ringside" boot --kernel "$kernel" --append "work=$1 repeat=$2 ticks=1" --json >"$work/boot.json" 2>/dev/null ||
        true
    echo "$(field instructions <"$work/boot.json") $(field mips <"$work/boot.json")"
}

native_program() {
    cat >"$work/main.c" <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "workloads.h"

int main(int argc, char **argv) {
    u32 digest[8] = {0}, repeat = (u32) atoi(argv[2]), result = 0;
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    if (strcmp(argv[1], "sieve") == 0) {
        result = sieve(repeat);
    } else {
        sha256_of_pattern(repeat, digest);
        result = digest[0];
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    fprintf(stderr, "%x\n", result);
    printf("%.6f\n", (double) (to.tv_sec - from.tv_sec) + (double) (to.tv_nsec - from.tv_nsec) / 1e9);
    return argc != 3;
}
C
    # the workload as the guest has it; only the clock around it may use the FPU
    {
        gcc -m32 -march=i486 -mtune=generic -O2 -fno-tree-loop-distribute-patterns -mgeneral-regs-only \
            -c -o "$work/workloads.o" "$sources/workloads.c" &&
            gcc -m32 -O2 -I"$sources" -o "$work/native" "$work/main.c" "$work/workloads.o"
    } 2>"$work/gcc.log"
}

echo "start-up: second run of scripts/popf.groovy, median of 5: $(startup) ms"
if ! native_program; then
    echo "no comparison with native code: gcc -m32 says $(head -n 1 "$work/gcc.log")"
fi
for pair in sieve:200 sha256:100; do
    name=${pair%:*}
    repeat=${pair#*:}
    set -- $(emulated "$name" "$repeat")
    printf '%s: interpreter %s million instructions/s over %s instructions' "$name" "${2:-?}" "${1:-?}"
    if [ -x "$work/native" ] && [ -n "${2:-}" ]; then
        seconds=$(for i in 1 2 3; do "$work/native" "$name" "$repeat" 2>/dev/null; done | median)
        awk -v n="$1" -v mips="$2" -v s="$seconds" \
            'BEGIN { e = n / mips / 1e6; printf "; %.2f s, native %.3f s: %.0f times native", e, s, e / s }'
    fi
    echo
done
