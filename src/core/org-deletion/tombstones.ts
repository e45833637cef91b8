import { z } from "zod";
import { DAY } from "../platform";
import { createSigner } from "../platform/crypto/signer";
import type { Storage } from "../platform/storage";
import type { Subject } from "../privacy";

/** The record, outside the database, that a subject was erased. It holds only an id and a time. */
export interface Tombstone {
  subject: Subject;
  erasedAt: Date;
}

const PREFIX = "tombstones/";
/** Longer than any backup is kept. */
const LOCKED_FOR_MS = 7 * 366 * DAY;
const subjectTypes = ["user", "org", "inquiry", "subscriber"] as const satisfies readonly Subject["type"][];

const documentSchema = z.object({
  form: z.literal("agathaai-tombstone-1"),
  subject_type: z.enum(subjectTypes),
  subject_id: z.uuid(),
  erased_at: z.iso.datetime(),
  signature: z.string(),
});

/**
 * Writes a tombstone to the object store before the erasure, which can then be repeated. Signed, so that an attacker who can
 * only write to the bucket cannot erase anybody.
 */
export async function writeTombstone(
  storage: Pick<Storage, "put" | "locksObjects">,
  { subject, erasedAt }: Tombstone,
): Promise<void> {
  const text = textOf({ subject, erasedAt });
  const document = {
    form: "agathaai-tombstone-1",
    subject_type: subject.type,
    subject_id: subject.id,
    erased_at: erasedAt.toISOString(),
    signature: Buffer.from(createSigner("tombstone").sign(text)).toString("base64"),
  };
  await storage.put(keyOf(subject), JSON.stringify(document), {
    contentType: "application/json",
    lockedUntil: (await storage.locksObjects()) ? new Date(erasedAt.getTime() + LOCKED_FOR_MS) : undefined,
  });
}

/** The subjects named by the keys of tombstones. `readTombstone` checks the signature. */
export async function listTombstones(storage: Pick<Storage, "list">): Promise<Subject[]> {
  return (await storage.list(PREFIX)).flatMap((key) => {
    const [, type, id] = /^tombstones\/(user|org|inquiry|subscriber)\/([0-9a-f-]{36})\.json$/.exec(key) ?? [];
    const parsed = z.object({ type: z.enum(subjectTypes), id: z.uuid() }).safeParse({ type, id });
    return parsed.success ? [parsed.data] : [];
  });
}

/** Undefined for a tombstone that we did not sign, or that names another subject. */
export async function readTombstone(
  storage: Pick<Storage, "get">,
  subject: Subject,
): Promise<Tombstone | undefined> {
  const object = await storage.get(keyOf(subject));
  const parsed = documentSchema.safeParse(object && parseJson(new TextDecoder().decode(object.body)));
  if (!parsed.success) return undefined;
  const { subject_type, subject_id, erased_at, signature } = parsed.data;
  if (subject_type !== subject.type || subject_id !== subject.id) return undefined;
  const tombstone = { subject, erasedAt: new Date(erased_at) };
  const genuine = createSigner("tombstone").verify(textOf(tombstone), Buffer.from(signature, "base64"));
  return genuine ? tombstone : undefined;
}

function keyOf({ type, id }: Subject): string {
  return `${PREFIX}${type}/${id}.json`;
}

function textOf({ subject, erasedAt }: Tombstone): string {
  return JSON.stringify(["agathaai-tombstone-1", subject.type, subject.id, erasedAt.toISOString()]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
