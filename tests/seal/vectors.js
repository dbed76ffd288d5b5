// SPDX-License-Identifier: Apache-2.0
// The published vectors against the library, the same in a browser and in node. Each check throws at the first difference
// and returns how many comparisons it made.
let made = 0;

function equal(found, wanted, what) {
  made += 1;
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: ${a} is not ${b}`);
}

async function refused(work, what) {
  made += 1;
  let out;
  try { out = await work(); } catch { return; }
  throw new Error(`${what}: was accepted: ${JSON.stringify(out)}`);
}

function* subsets(list, size, from = 0) {
  if (!size) yield [];
  else for (let i = from; i < list.length; i++) for (const rest of subsets(list, size - 1, i + 1)) yield [list[i], ...rest];
}

async function field({ mul, inv }, { gf_checks }) {
  equal(mul(0x57, 0x83).toString(16).padStart(2, "0"), gf_checks["mul(0x57,0x83)"], "0x57·0x83");
  equal(mul(2, 0x80).toString(16).padStart(2, "0"), gf_checks["mul(0x02,0x80)"], "2·0x80");
  equal(inv(0x53).toString(16).padStart(2, "0"), gf_checks["inv(0x53)"], "inverse");
  const slow = (a, b) => {
    let product = 0;
    for (let i = 0; i < 8; i++) if ((b >> i) & 1) product ^= a << i;
    for (let i = 15; i >= 8; i--) if ((product >> i) & 1) product ^= 0x11b << (i - 8);
    return product;
  };
  for (let a = 0; a < 256; a++) {
    if (a) equal(mul(a, inv(a)), 1, `${a}·inverse`);
    for (let b = 0; b < 256; b++) if (mul(a, b) !== slow(a, b)) throw new Error(`${a}·${b}`);
  }
  await refused(() => inv(0), "inverse of 0");
}

async function splitting(lib, { vectors }, oracle) {
  const { unhex, hex } = lib;
  for (const v of vectors) {
    const secret = unhex(v.secret);
    equal(lib.identityOf(secret), v.identity, "identity");
    equal(hex(lib.secretOf(v.identity)), v.secret, "secret");
    equal(await lib.ask("recipient", { identity: v.identity }), v.recipient, "recipient");
    equal(lib.recipientOf(lib.publicKeyOf(v.recipient)), v.recipient, "recipient, both ways");
    equal(lib.context(v.ocid, v.recipient), v.ctx, "ctx");
    equal(lib.keyCommit(v.ctx, secret), v.key_commit, "key_commit");
    equal(lib.coefficients(secret, v.k, v.ctx).map(hex), v.coefficients, "coefficients");
    const shares = lib.split(secret, v.k, v.n, v.ctx);
    equal(shares.map(hex), v.shares, "shares");
    equal(shares.map((share) => lib.shareCommit(v.ctx, share)), v.share_commits, "commitments");
    for (const some of subsets(shares, v.k)) {
      equal(hex(lib.combine(some)), v.secret, "a k-subset");
      if (v.k > 1) equal(hex(await oracle.combine(some)), v.secret, "a k-subset, by the oracle");
    }
    if (v.k > 1) {
      for (const few of subsets(shares, v.k - 1)) equal(lib.keyCommit(v.ctx, lib.combine(few)) === v.key_commit, false, "k-1 shares");
      const theirs = await oracle.split(secret, v.n, v.k);
      for (const some of subsets(theirs, v.k)) equal(hex(lib.combine(some)), v.secret, "the oracle's shares");
    }
  }
  const good = lib.split(lib.random(32), 2, 3, "x");
  await refused(() => lib.combine([]), "no share");
  await refused(() => lib.combine([good[0], good[0]]), "a share twice");
  await refused(() => lib.combine([good[0], good[1].subarray(1)]), "a short share");
  await refused(() => lib.combine([good[0], new Uint8Array(33)]), "x = 0");
  for (const [k, n] of [[0, 1], [1, 2], [2, 4], [4, 3], [9, 17], [2.5, 3]]) await refused(() => lib.split(lib.random(32), k, n, "x"), `${k} of ${n}`);
  await refused(() => lib.split(lib.random(31), 2, 3, "x"), "a short secret");
}

async function anySharing(lib, { rounds }) {
  for (let round = 0; round < rounds; round++) {
    const n = 1 + (lib.random(1)[0] % 16);
    const k = Math.floor(n / 2) + 1 + (lib.random(1)[0] % (n - Math.floor(n / 2)));
    const secret = lib.random(32);
    const ctx = lib.hex(lib.random(8));
    const commit = lib.keyCommit(ctx, secret);
    const shares = lib.split(secret, k, n, ctx);
    const shuffled = shares.map((share) => [lib.random(1)[0], share]).sort(([a], [b]) => a - b).map(([, share]) => share);
    equal(lib.hex(lib.combine(shuffled.slice(0, k))), lib.hex(secret), `${k} of ${n}`);
    if (k > 1) equal(lib.keyCommit(ctx, lib.combine(shuffled.slice(0, k - 1))) === commit, false, `${k - 1} where ${k} are needed`);
    equal(lib.hex(lib.recoverSecret(ctx, commit, k, shuffled)), lib.hex(secret), "recovered");
  }
}

async function flips(lib, { secret, recipient, ctx, key_commit, same_public_key_bits }) {
  const invisible = [];
  for (let bit = 0; bit < 256; bit++) {
    const changed = lib.unhex(secret);
    changed[bit >> 3] ^= 1 << (bit % 8);
    equal(lib.keyCommit(ctx, changed) === key_commit, false, `bit ${bit}`);
    const [one] = lib.split(changed, 1, 1, ctx);
    equal(lib.recoverSecret(ctx, key_commit, 1, [one]), null, `bit ${bit}, as a share`);
    if ((await lib.ask("recipient", { identity: lib.identityOf(changed) })) === recipient) invisible.push(bit);
  }
  equal(invisible, same_public_key_bits, "bits that the public key does not show");
}

async function faults(lib, { faults: list }) {
  for (const fault of list) {
    if (fault.posted) {
      equal(lib.shareCommit(fault.ctx, lib.unhex(fault.posted)) === fault.commit, fault.commit_matches, fault.name);
      continue;
    }
    const shares = fault.shares.map(lib.unhex);
    for (const pair of fault.pairs) {
      const secret = lib.combine(shares.filter((share) => pair.openers.includes(share[32])));
      equal(lib.hex(secret), pair.combined, `pair ${pair.openers}`);
      equal(lib.keyCommit(fault.ctx, secret) === fault.key_commit, pair.matches_key_commit, "key_commit of the pair");
      const recipient = await lib.ask("recipient", { identity: lib.identityOf(secret) });
      equal(fault.ctx.endsWith(recipient), pair.same_public_key, "public key of the pair");
    }
    const secret = lib.recoverSecret(fault.ctx, fault.key_commit, 2, shares);
    const audit = lib.split(secret, 2, shares.length, fault.ctx).map((share, i) => lib.shareCommit(fault.ctx, share) === fault.share_commits[i]);
    equal(audit, fault.share_audit_after_opening, "share audit");
  }
}

async function hashing(lib, { vectors, rounds }) {
  for (const [repeated, times, digest] of vectors) {
    const sum = lib.hasher();
    for (let i = 0; i < times; i++) sum.update(lib.utf8(repeated));
    equal(lib.hex(sum.digest()), digest, `${times} × ${repeated.slice(0, 10)}`);
  }
  const native = async (bytes) => lib.hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
  for (let length = 0; length <= 260; length++) {
    const bytes = lib.random(length);
    const cut = length && lib.random(1)[0] % length;
    equal(lib.hex(lib.hasher().update(bytes.subarray(0, cut)).update(bytes.subarray(cut)).digest()), await native(bytes), `${length} bytes`);
  }
  for (let round = 0; round < rounds; round++) {
    const bytes = lib.random(60_000);
    const sum = lib.hasher();
    for (let at = 0; at < bytes.length;) {
      const step = (lib.random(1)[0] << (lib.random(1)[0] % 8)) | 0;
      sum.update(bytes.subarray(at, at + step));
      at += step;
    }
    equal(lib.hex(sum.digest()), await native(bytes), "any pieces");
  }
  const long = new Uint8Array(1 << 20); // past 2^32 bits
  const sum = lib.hasher();
  for (let i = 0; i < 513; i++) sum.update(long);
  equal(lib.hex(sum.digest()), "a3e2acbb469e4e59dde406f912e754c933c1ac0fb0092a3634d61d5073309c0c", "513 MiB of zeros");
}

const bytesOf = async (blob) => new Uint8Array(await blob.arrayBuffer());

async function envelope(lib, e) {
  equal(lib.jcs(e.manifest), e.manifest_jcs, "manifest");
  lib.parseObject(e.manifest_jcs);
  equal(lib.revealDigest(e.manifest_jcs), e.c, "c");
  equal(lib.leafOf(e.c, e.manifest.reveal_by), e.leaf_jcs, "leaf");
  equal(e.leaf_jcs.length, 115, "length of the leaf");
  equal(lib.sha256(new Uint8Array([0, ...lib.utf8(e.leaf_jcs)])), e.leaf_hash_rfc6962, "leaf hash");
  equal(lib.payloadTypeOf(e.manifest_jcs), e.payload_type, "payload type");
  const signed = lib.pae(e.payload_type, e.manifest_jcs);
  equal(lib.sha256(signed), e.pae_sha256, "PAE");
  const der = lib.unb64(e.signature.public_key_spki_pem.replace(/-----[^-]+-----|\s/g, ""));
  const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("spki", der, rsa, false, ["verify"]);
  equal(await crypto.subtle.verify(rsa, key, lib.unb64(e.signature.value), signed), true, "RSA");
  equal(await crypto.subtle.verify(rsa, key, lib.unb64(e.signature.value), lib.pae(e.payload_type, `${e.manifest_jcs} `)), false, "RSA of another body");

  const { manifest: m } = e;
  const wanted = m.shares.map((share) => ({ opener: share.opener, c: e.c, age: share.age, recipient: m.recipient, commit: share.commit }));
  const shares = [];
  for (const one of wanted) {
    const { shares: found, bad } = await lib.decryptShares(e.opener_identities[one.opener], m.ocid, [one]);
    equal(bad, [], `share of ${one.opener}`);
    shares.push(found[e.c]);
    for (const other of wanted) if (other !== one) await refused(() => lib.decryptShare(e.opener_identities[one.opener], other.age), "another's share");
  }
  for (const pair of subsets(shares, 2)) {
    const said = await lib.verifyOpened({ manifest: e.manifest_jcs, shares: pair, identity: e.bid_identity });
    equal(said, { opened: true, identity: e.bid_identity, audit: [true, true, true], false_shares: [], same_identity: true, dealer_fault: false }, "a pair opens");
  }
  for (const share of shares) equal((await lib.verifyOpened({ manifest: e.manifest_jcs, shares: [share] })).opened, false, "one opener alone");
  const lying = lib.unb64(shares[0]);
  lying[5] ^= 1;
  equal(await lib.verifyOpened({ manifest: e.manifest_jcs, shares: [lying, shares[1]] }),
    { opened: false, identity: null, audit: [], false_shares: [1], same_identity: null, dealer_fault: false }, "a false share");

  const ciphers = e.ciphertexts_base64.map((coded) => lib.unb64(coded));
  const blobs = ciphers.map((cipher) => new Blob([cipher]));
  const opened = await lib.openIndex({ manifest: e.manifest_jcs, identity: e.bid_identity, ciphertext: blobs[0] });
  equal(lib.sha256(lib.jcs(opened)), e.plaintext_index_jcs_sha256, "index");
  equal(lib.jcs({ ...opened, pad: `<${opened.pad.length} spaces>` }), lib.jcs(e.plaintext_index_without_pad), "what the index says");
  equal(lib.sha256(lib.buildIndex(opened.files, opened.offer)), e.plaintext_index_jcs_sha256, "index, built again");
  const of = { manifest: e.manifest_jcs, index: opened, identity: e.bid_identity, file: 1 };
  const file = await lib.openFile({ ...of, ciphertext: blobs[1] });
  equal(await bytesOf(file.blob).then((bytes) => new TextDecoder().decode(bytes)), e.plaintext_file_utf8, "file");
  for (const at of [0, 60, 150, ciphers[1].length - 1]) {
    const touched = ciphers[1].slice();
    touched[at] ^= 1;
    await refused(() => lib.openFile({ ...of, ciphertext: new Blob([touched]) }), `ciphertext byte ${at}`);
    await refused(() => lib.ask("openFile", { blob: new Blob([touched]), identity: e.bid_identity, sha256: lib.sha256(touched) }), `byte ${at}, hash not compared`);
  }
  for (const [object, c] of [[e.withdraw.reveal, e.withdraw.c], [e.decoy.reveal, e.decoy.c]]) {
    lib.parseObject(lib.jcs(object));
    equal(lib.revealDigest(lib.jcs(object)), c, object.type);
  }
  await strict(lib, e);
}

async function strict(lib, { manifest, manifest_jcs, withdraw }) {
  await refused(() => lib.parseObject(` ${manifest_jcs}`), "a space before");
  await refused(() => lib.parseObject(JSON.stringify({ ...manifest, z: 1 })), "a key more");
  for (const key of Object.keys(manifest)) await refused(() => lib.parseObject(lib.jcs({ ...manifest, [key]: undefined })), `without ${key}`);
  const wrong = { lot: 1, envelope: "otro", k: 4, recipient: "age1x", key_commit: "0", files: [], shares: manifest.shares.toReversed(), replaces: "", reveal_by: "2026-13", salt: "A".repeat(64) };
  for (const [key, value] of Object.entries(wrong)) await refused(() => lib.parseObject(lib.jcs({ ...manifest, [key]: value })), `${key} wrong`);
  await refused(() => lib.parseObject(lib.jcs({ ...withdraw.reveal, bid: 7 })), "a withdrawal of nothing");
  await refused(() => lib.parseObject(lib.jcs({ type: "constructor" })), "an unknown type");
}

export const CHECKS = { field, hashing, splitting, anySharing, flips, faults, envelope };

/** @param {string} name @param {object} lib @param {any} data @param {object} oracle @returns {Promise<number>} comparisons made */
export async function check(name, lib, data, oracle) {
  made = 0;
  await CHECKS[name](lib, data, oracle);
  return made;
}
