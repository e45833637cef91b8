import { singleton } from "../../concurrency/singleton";
import { env } from "../../env";
import type { Bytes } from "../hash";
import { derivationKeys, keyedHash, type Secrets } from "../keyed-hash";

/** How many bytes of an index name its key: a multiple of three, so that base64 shows them too. */
export const KEY_ID_BYTES = 6;
/** Of an index whose key is not named: that of before the first rotation. */
export const BARE_BYTES = 32;

/** One version of the blind-index key. */
export interface IndexKey {
  secret: Uint8Array;
  /** What indexes under it begin with. Empty for the key of before the first rotation, whose indexes are older than versions. */
  id: Bytes;
}

export interface IndexKeys {
  /** What new indexes are made with. */
  current: IndexKey;
  /** Of rows that may not have been indexed anew yet. */
  earlier: readonly IndexKey[];
}

/** The keys of this process. Keys given here, before first use, take the place of the environment's. */
export const indexKeys = singleton(
  "blind index keys",
  (keys: IndexKeys = configuredIndexKeys()): IndexKeys => keys,
);

export function isRotating({ earlier }: IndexKeys = indexKeys()): boolean {
  return earlier.length > 0;
}

/** `first`: what `BLIND_INDEX_KEY` was at first. It was what is derived from as well, and may have been replaced there since. */
export function indexKeyOf(secret: Uint8Array, first?: Secrets): IndexKey {
  const isFirst = derivationKeys(first).some((key) => Buffer.compare(secret, key) === 0);
  const id = isFirst ? 0 : KEY_ID_BYTES;
  return { secret, id: keyedHash("blind index key id", secret).slice(0, id) };
}

function configuredIndexKeys(): IndexKeys {
  const { BLIND_INDEX_KEY, BLIND_INDEX_KEY_PREVIOUS } = env();
  const earlier = BLIND_INDEX_KEY_PREVIOUS.filter((key) => key !== BLIND_INDEX_KEY);
  return {
    current: indexKeyOf(Buffer.from(BLIND_INDEX_KEY, "base64")),
    earlier: earlier.map((key) => indexKeyOf(Buffer.from(key, "base64"))),
  };
}
