// SPDX-License-Identifier: Apache-2.0
// Sealed bids in the browser (sobre/v1). `make vendor` bundles this as /static/vendor/seal.js; import it in a page's module:
//
//   import { sealBid, newEnvelopeKey, backupText, pae, uploadMissing, partsAt, partStore, envelopes } from "../vendor/seal.js";
//
// Supplier: newEnvelopeKey -> save backupText -> sealBid -> sign pae(payload_type, manifest) -> POST -> envelopes.save
//   -> uploadMissing({...partsAt(url, csrf), read: (await partStore(recipient, kind)).read, parts}) -> finished(c).
//   After a reload: unfinished(ocid) says what still has to go up; the same uploadMissing goes on.
// Opener: openerKey.generate/lock/unlock/answer/recoverySheet/fromSheet, then decryptShares(identity, ocid, wanted.envelopes).
// After: verifyOpened({manifest, shares}), openIndex, openFile. Everything with age or scrypt runs in seal-worker.js.
// If this import fails, the browser files were not built: say on the page that sealing is not available here.
import { useWorker } from "./engine.js";

useWorker(() => new Worker(new URL("seal-worker.js", import.meta.url), { name: "seal" }));

export { b64, hasher, hex, random, sha256, unb64, unhex, utf8 } from "./bytes.js";
export { jcs, parseCanonical } from "./jcs.js";
export { BID, REDEAL, WITHDRAWAL, pae } from "./dsse.js";
export { inv, mul } from "./gf256.js";
export { coefficients, combine, context, keyCommit, recoverSecret, shareCommit, split } from "./shares.js";
export { fingerprint, identityOf, newSecret, publicKeyOf, recipientOf, secretOf } from "./keys.js";
export { PART, leafOf, parseObject, partsOf, payloadTypeOf, revealDigest } from "./objects.js";
export { amountOf, buildAnswers, buildIndex, cleanName, offerOf, parseAnswers, parseIndex } from "./contents.js";
export { backupText, newEnvelopeKey, readBackup, redeal, sealBid, withdrawal } from "./bid.js";
export { bringSealed } from "./bring.js";
export { partStore, room } from "./parts.js";
export { Refused, partsAt, partsFromFiles, uploadMissing } from "./upload.js";
export { drafts, envelopes, finished, tidy, unfinished } from "./store.js";
export { decryptShare, decryptShares, openerKey, suggestPassphrase } from "./opener.js";
export { leafOfObject, openFile, openIndex, verifyOpened } from "./verify.js";
export { ask } from "./engine.js";
