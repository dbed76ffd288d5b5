// SPDX-License-Identifier: Apache-2.0
// Incremental SHA-256 (FIPS 180-4) for files: WebCrypto has none. State in locals and Int32Arrays: in Chromium, whose small
// integers have 31 bits, this takes a third of the time of @noble/hashes, which keeps its state in fields of an object.

const K = Int32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
);
const BLOCK = 64;
const CALL = 1 << 14; // short calls: the engine compiles a function better that is called often
const W = new Int32Array(64);

/** Mix whole blocks of `bytes[from, to)` into a state of eight words. */
function compress(state, bytes, from, to) {
  // one by one: destructuring would leave the engine unsure that they are integers, and cost five times as much
  let h0 = state[0], h1 = state[1], h2 = state[2], h3 = state[3], h4 = state[4], h5 = state[5], h6 = state[6], h7 = state[7];
  for (let at = from; at < to; at += BLOCK) {
    for (let i = 0, j = at; i < 16; i++, j += 4) W[i] = (bytes[j] << 24) | (bytes[j + 1] << 16) | (bytes[j + 2] << 8) | bytes[j + 3];
    for (let i = 16; i < 64; i++) {
      const x = W[i - 15];
      const y = W[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
    }
    let a = h0, b = h1, c = h2, d = h3, e = h4, f = h5, g = h6, h = h7;
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + (g ^ (e & (f ^ g))) + K[i] + W[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (c & (a ^ b)))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0;
      d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    h0 = (h0 + a) | 0; h1 = (h1 + b) | 0; h2 = (h2 + c) | 0; h3 = (h3 + d) | 0;
    h4 = (h4 + e) | 0; h5 = (h5 + f) | 0; h6 = (h6 + g) | 0; h7 = (h7 + h) | 0;
  }
  state[0] = h0; state[1] = h1; state[2] = h2; state[3] = h3; state[4] = h4; state[5] = h5; state[6] = h6; state[7] = h7;
}

/** A sum in progress: `update(bytes)` as often as wanted, then `digest()` once. */
export class Sha256 {
  constructor() {
    this.state = Int32Array.of(0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19);
    this.rest = new Uint8Array(BLOCK);
    this.held = 0;
    this.length = 0;
  }

  /** @param {Uint8Array} bytes @returns {Sha256} itself */
  update(bytes) {
    let from = 0;
    this.length += bytes.length;
    if (this.held) {
      from = Math.min(BLOCK - this.held, bytes.length);
      this.rest.set(bytes.subarray(0, from), this.held);
      this.held += from;
      if (this.held < BLOCK) return this;
      compress(this.state, this.rest, 0, BLOCK);
    }
    const whole = from + ((bytes.length - from) & ~(BLOCK - 1));
    for (let at = from; at < whole; at += CALL) compress(this.state, bytes, at, Math.min(at + CALL, whole));
    this.rest.set(bytes.subarray(whole));
    this.held = bytes.length - whole;
    return this;
  }

  /** @returns {Uint8Array} 32 bytes */
  digest() {
    const end = new Uint8Array(this.held < BLOCK - 8 ? BLOCK : 2 * BLOCK);
    end.set(this.rest.subarray(0, this.held));
    end[this.held] = 0x80;
    new DataView(end.buffer).setBigUint64(end.length - 8, BigInt(this.length) * 8n);
    compress(this.state, end, 0, end.length);
    const out = new DataView(new ArrayBuffer(32));
    this.state.forEach((word, i) => out.setInt32(4 * i, word));
    return new Uint8Array(out.buffer);
  }
}
