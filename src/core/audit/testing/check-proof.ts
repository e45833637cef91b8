import { createHash, createPublicKey, verify } from "node:crypto";
import { z } from "zod";

/** A stranger's check of a proof, by the steps of docs/audit.md and with nothing of the product. */

const sha256 = (...parts: (string | Buffer)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest("hex");

export const leafOf = (record: string) => sha256(Buffer.of(0), record);

/** RFC 9162 §2.1.3.2: undefined where the path has another length than the tree's. */
export function rootFrom(proof: { leaf: string; index: number; count: number; path: string[] }) {
  let [fn, sn, r] = [proof.index, proof.count - 1, proof.leaf];
  for (const p of proof.path) {
    if (sn === 0) return undefined;
    const [left, right] = [Buffer.from(r, "hex"), Buffer.from(p, "hex")];
    if (fn % 2 === 1 || fn === sn) {
      r = sha256(Buffer.of(1), right, left);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1];
    } else r = sha256(Buffer.of(1), left, right);
    [fn, sn] = [fn >> 1, sn >> 1];
  }
  return sn === 0 ? r : undefined;
}

interface Signed {
  signed: string;
  signature: string;
}

export interface CheckedProof {
  record: string;
  index: number;
  count: number;
  path: string[];
  root: string;
  entry: Signed & { sequence: number; hash: string };
  head: Signed & { sequence: number; hash: string };
  public_key: string;
}

/** What is wrong with it; empty where all is well. */
export function faultsOf(proof: CheckedProof, publicKey: string): string[] {
  const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
  const isSigned = ({ signed, signature }: Signed) =>
    verify(null, Buffer.from(signed), key, Buffer.from(signature, "base64url"));
  const batch: unknown[] = JSON.parse(proof.entry.signed);
  const chain: unknown[] = JSON.parse(proof.head.signed);
  const { entry, head } = proof;
  const checks: [string, boolean][] = [
    ["root", rootFrom({ ...proof, leaf: leafOf(proof.record) }) === proof.root],
    ["batch", batch[4] === proof.count && batch[5] === proof.root && isSigned(entry)],
    ["organization", JSON.parse(proof.record)[3] === batch[1] && batch[1] === chain[1]],
    ["entry", batch[2] === chain[2] && chain[3] === entry.sequence && chain[4] === entry.hash],
    [
      "head",
      chain[5] === proof.root && chain[6] === head.sequence && chain[7] === head.hash && isSigned(head),
    ],
  ];
  return checks.flatMap(([name, holds]) => (holds ? [] : [name]));
}

/** Of an entry for a batch of calls: whether our signature over all batches that were written with it covers this one. */
export function isSignedTogether(
  entry: { id: string; orgId: string | null; action: string; details: unknown },
  publicKey: string,
): boolean {
  const { count, root, batches, index, path, signature } = togetherSchema.parse(entry.details);
  const steps = Buffer.from(path, "base64url").toString("hex").match(/.{64}/g) ?? [];
  const statement = JSON.stringify([
    "agathaai-audit-batch-1",
    entry.orgId,
    entry.id,
    entry.action,
    count,
    root,
  ]);
  const top = rootFrom({ leaf: leafOf(statement), index, count: batches, path: steps });
  if (top === undefined) return false;
  const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
  const signed = Buffer.from(JSON.stringify(["agathaai-audit-batches-1", batches, top]));
  return verify(null, signed, key, Buffer.from(signature, "base64url"));
}

const togetherSchema = z.object({
  count: z.number(),
  root: z.string(),
  batches: z.number(),
  index: z.number(),
  path: z.string(),
  signature: z.string(),
});
