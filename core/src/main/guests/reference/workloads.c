#include "workloads.h"

static u8 composite[SIEVE_LIMIT];
static u8 message[MESSAGE_SIZE];

u32 sieve(u32 repeat) {
    u32 primes = 0;
    while (repeat-- > 0) {
        primes = 0;
        for (u32 i = 0; i < SIEVE_LIMIT; i++) {
            composite[i] = 0;
        }
        for (u32 i = 2; i < SIEVE_LIMIT; i++) {
            if (!composite[i]) {
                primes++;
                for (u32 j = i + i; j < SIEVE_LIMIT; j += i) {
                    composite[j] = 1;
                }
            }
        }
    }
    return primes;
}

static const u32 round_constant[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static u32 rotate(u32 x, u32 by) {
    return x >> by | x << (32 - by);
}

static u32 big_endian(const u8 *p) {
    return (u32) p[0] << 24 | (u32) p[1] << 16 | (u32) p[2] << 8 | p[3];
}

static void hash_block(const u8 *block, u32 h[8]) {
    u32 w[64];
    for (u32 t = 0; t < 16; t++) {
        w[t] = big_endian(block + 4 * t);
    }
    for (u32 t = 16; t < 64; t++) {
        u32 s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ w[t - 15] >> 3;
        u32 s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ w[t - 2] >> 10;
        w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
    u32 a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], i = h[7];
    for (u32 t = 0; t < 64; t++) {
        u32 s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
        u32 t1 = i + s1 + ((e & f) ^ (~e & g)) + round_constant[t] + w[t];
        u32 s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
        u32 t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
        i = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e, h[5] += f, h[6] += g, h[7] += i;
}

void sha256(const u8 *bytes, u32 length, u32 digest[8]) {
    static const u32 initial[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    u8 last[64] = {0x80};
    for (u32 i = 0; i < 8; i++) {
        digest[i] = initial[i];
    }
    for (u32 at = 0; at < length; at += 64) {
        hash_block(bytes + at, digest);
    }
    for (u32 i = 0; i < 4; i++) {
        last[63 - i] = (u8) (length << 3 >> 8 * i);
    }
    last[59] = (u8) (length >> 29);
    hash_block(last, digest);
}

void sha256_of_pattern(u32 repeat, u32 digest[8]) {
    for (u32 i = 0; i < MESSAGE_SIZE; i++) {
        message[i] = (u8) (i * 7 + (i >> 8));
    }
    while (repeat-- > 0) {
        sha256(message, MESSAGE_SIZE, digest);
    }
}
