import { AppError, toPublicId } from "../../../platform";
import { constantTimeEqual, sha256 } from "../../../platform/crypto/hash";
import type { Secrets } from "../../../platform/crypto/keyed-hash";
import { createSigner } from "../../../platform/crypto/signer";
import type { Storage } from "../../../platform/storage";
import { SYSTEM_CHAIN } from "../../record/chain-hash";
import type { ChainFault, ChainRow } from "../../verify/chain-walk";
import { objectOf, unpack } from "./archive-object";
import { digestOfCalls, digestOfEntries, type PlacedCallRow, parseCall, parseEntry } from "./archived-rows";
import { isOurs, type Manifest } from "./manifest";

export interface ArchiveReader {
  store: Pick<Storage, "get">;
  /** Overrides `DERIVATION_KEY` of the environment, and those before it. */
  secret?: Secrets | undefined;
}

/** An object or its note is missing, was changed, or is not ours. */
export class ArchiveFault extends AppError {
  readonly fault: ChainFault;

  constructor(manifest: Manifest, what: string) {
    const chain = manifest.chainId === SYSTEM_CHAIN ? SYSTEM_CHAIN : toPublicId("org", manifest.chainId);
    super("internal_error", {
      public: "Stored data could not be read. We have been notified. Try again later.",
      internal: `archive ${objectOf(manifest)} of ${chain}: ${what}`,
    });
    this.fault = {
      kind: "archive",
      sequence: manifest.firstSequence,
      id: null,
      message: `rows ${manifest.firstSequence} to ${manifest.lastSequence} are in ${objectOf(manifest)}: ${what}`,
    };
  }
}

/** The entries of an object, in the chain's order. @throws ArchiveFault; AppError `service_unavailable`. */
export async function openEntries(manifest: Manifest, reader: ArchiveReader): Promise<ChainRow[]> {
  const rows = await open(manifest, reader, parseEntry);
  assertRows(manifest, rows.length, digestOfEntries(rows));
  return rows;
}

/** The calls of an object, by time. @throws ArchiveFault; AppError `service_unavailable`. */
export async function openCalls(manifest: Manifest, reader: ArchiveReader): Promise<PlacedCallRow[]> {
  const rows = await open(manifest, reader, parseCall);
  assertRows(manifest, rows.length, digestOfCalls(rows));
  return rows;
}

async function open<Row>(
  manifest: Manifest,
  { store, secret }: ArchiveReader,
  parse: (line: string) => Row,
): Promise<Row[]> {
  if (!isOurs(manifest, createSigner("audit-archive", secret)))
    throw new ArchiveFault(manifest, "the note of it was not signed by us, or was changed");
  const object = await store.get(objectOf(manifest));
  if (object === undefined) throw new ArchiveFault(manifest, "the object is missing");
  if (!constantTimeEqual(sha256(object.body), manifest.objectDigest))
    throw new ArchiveFault(manifest, "the object is not the one that was stored");
  try {
    return (await unpack(manifest, object.body, secret)).map(parse);
  } catch {
    throw new ArchiveFault(manifest, "the object cannot be read");
  }
}

function assertRows(manifest: Manifest, rows: number, digest: Uint8Array): void {
  if (rows !== manifest.rows || !constantTimeEqual(digest, manifest.rowsDigest))
    throw new ArchiveFault(manifest, "its rows are not those that were archived");
}
