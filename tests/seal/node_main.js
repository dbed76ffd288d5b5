// SPDX-License-Identifier: Apache-2.0
// Runs one check of vectors.js in node, in one thread, without a browser: name and data come by standard input.
import * as oracle from "shamir-secret-sharing";

import * as lib from "../../web/js/seal/index.js";
import { useHere } from "../../web/js/seal/engine.js";
import { WORK } from "../../web/js/seal/work.js";
import { check } from "./vectors.js";

useHere(WORK);
const pieces = [];
for await (const piece of process.stdin) pieces.push(piece);
const { name, data } = JSON.parse(Buffer.concat(pieces).toString("utf8"));
console.log(await check(name, lib, data, oracle));
