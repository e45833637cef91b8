import { decryptField, encryptField, keyVersionOf, unreadable } from "../platform/crypto/field";
import type { Bytes } from "../platform/crypto/hash";
import { type Tally, tallyOf } from "./count-uses";

/** A subject's data key in all its versions, unwrapped. */
export class DataKeys {
  readonly #versions: readonly Bytes[];
  /** The version that encrypts. */
  readonly #writing: number;
  readonly #tally: Tally | undefined;

  private constructor(versions: readonly Bytes[], writing: number, tally: Tally | undefined) {
    this.#versions = versions;
    this.#writing = writing;
    this.#tally = tally;
  }

  /** Of a row of `data_keys`: versions in their order, from the first. */
  static ofRow(
    versions: readonly Bytes[],
    { rowId, writing, unused }: { rowId: string; writing: number; unused: boolean },
  ): DataKeys {
    return new DataKeys(versions, writing, tallyOf({ rowId, version: writing, unused }));
  }

  /** Of a row that is not committed yet. */
  static ofNew(key: Bytes): DataKeys {
    return new DataKeys([key], 1, undefined);
  }

  /** What fingerprints are made with: equal texts have to stay equal. */
  get first(): Bytes {
    return this.#at(1);
  }

  encrypt(text: string, place: string): Bytes {
    this.#tally?.count();
    return encryptField(this.#at(this.#writing), text, place, this.#writing);
  }

  /** @throws AppError `internal_error` when the blob was changed, moved, or encrypted under another key. */
  decrypt(blob: Uint8Array, place: string): string {
    return decryptField(this.#at(keyVersionOf(blob, place)), blob, place);
  }

  #at(version: number): Bytes {
    const key = this.#versions[version - 1];
    if (key === undefined)
      throw unreadable(
        `encrypted content names version ${version} of a data key that has ${this.#versions.length}`,
      );
    return key;
  }
}
