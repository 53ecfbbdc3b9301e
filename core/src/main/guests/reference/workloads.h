/* Computations without any system in them: kernel, user program and the native comparison compile the same lines. */
#ifndef WORKLOADS_H
#define WORKLOADS_H

#include "types.h"

#define SIEVE_LIMIT 262144

/* How many primes there are below SIEVE_LIMIT, counted `repeat` times over. */
u32 sieve(u32 repeat);

/* SHA-256 of `length` bytes; `length` is a multiple of 64. */
void sha256(const u8 *message, u32 length, u32 digest[8]);

#define MESSAGE_SIZE 65536

/* SHA-256 of a message of MESSAGE_SIZE bytes made from a counter, hashed `repeat` times over. */
void sha256_of_pattern(u32 repeat, u32 digest[8]);

#endif
