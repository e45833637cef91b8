import type { CallRecord } from "../record/entry";
import type { ChainRow } from "../verify/chain-walk";
import type { PlacedCallRow } from "./objects/archived-rows";
import type { Manifest } from "./objects/manifest";
import { type ArchiveReader, openCalls, openEntries } from "./objects/open-archive";

/**
 * Entries of a chain from its objects, in the chain's order. Rows around a week's border are numbered slightly out of order, so that
 * neighboring objects overlap by a few.
 */
export async function* entriesOf(
  manifests: readonly Manifest[],
  reader: ArchiveReader,
): AsyncGenerator<ChainRow, void> {
  const inOrder = manifests.toSorted((left, right) => compare(left.firstSequence, right.firstSequence));
  let waiting: ChainRow[] = [];
  for (const [index, manifest] of inOrder.entries()) {
    waiting = [...waiting, ...(await openEntries(manifest, reader))].sort(inChain);
    const next = inOrder[index + 1]?.firstSequence;
    if (next === undefined) continue;
    const ready = waiting.findIndex(({ sequence }) => sequence >= next);
    const passed = waiting.splice(0, ready === -1 ? waiting.length : ready);
    yield* passed;
  }
  yield* waiting;
}

/** Two readings of one chain as one, in its order. */
export async function* merged(
  left: AsyncGenerator<ChainRow, void>,
  right: AsyncGenerator<ChainRow, void>,
): AsyncGenerator<ChainRow, void> {
  let [one, other] = [await left.next(), await right.next()];
  while (!one.done || !other.done) {
    if (!one.done && (other.done || inChain(one.value, other.value) <= 0)) {
      yield one.value;
      one = await left.next();
    } else if (!other.done) {
      yield other.value;
      other = await right.next();
    }
  }
}

const KEPT_OBJECTS = 4;

/** Calls of an organization in objects. Batches are read in their order, so that a few objects in memory serve them. */
export class ArchivedCalls {
  readonly #manifests: readonly Manifest[];
  readonly #reader: ArchiveReader;
  readonly #opened = new Map<string, Map<string, PlacedCallRow>>();

  constructor(manifests: readonly Manifest[], reader: ArchiveReader) {
    this.#manifests = manifests;
    this.#reader = reader;
  }

  /** Those of these calls that are in objects. @throws ArchiveFault. */
  async find(ids: readonly string[]): Promise<CallRecord[]> {
    const found: CallRecord[] = [];
    for (const manifest of this.#manifests) {
      const here = ids.filter((id) => id >= manifest.firstId && id <= manifest.lastId);
      if (here.length === 0) continue;
      const calls = await this.#open(manifest);
      for (const id of here) {
        const call = calls.get(id);
        if (call !== undefined) found.push(call);
      }
    }
    return found;
  }

  async #open(manifest: Manifest): Promise<Map<string, PlacedCallRow>> {
    const known = this.#opened.get(manifest.id);
    if (known !== undefined) return known;
    const rows = await openCalls(manifest, this.#reader);
    const calls = new Map(rows.map((row) => [row.id, row]));
    this.#opened.set(manifest.id, calls);
    const [oldest] = this.#opened.keys();
    if (this.#opened.size > KEPT_OBJECTS && oldest !== undefined) this.#opened.delete(oldest);
    return calls;
  }
}

function inChain(left: ChainRow, right: ChainRow): number {
  return (
    compare(left.sequence, right.sequence) ||
    compare(left.createdAt.getTime(), right.createdAt.getTime()) ||
    compare(left.id, right.id)
  );
}

function compare<Value extends bigint | number | string>(left: Value, right: Value): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
