import { z } from "zod";
import { env } from "../env";
import { createStorage, type Storage } from "../storage";

/** The epoch that every database begins with; it needs no object. */
export const FIRST_EPOCH = 1;

const noteSchema = z.object({
  at: z.iso.datetime(),
  /** The database that is promoted: nobody else may finish what was begun for it. */
  database: z.string(),
  /** Its timeline before the promotion, which every promotion raises. */
  timeline: z.int(),
});

export type EpochNote = z.output<typeof noteSchema>;

/**
 * The epochs of a cell outside of its databases: an object for each, which is only ever added. The newest is the highest, so
 * it can rise and never fall, whoever writes when.
 */
export class EpochStore {
  constructor(
    private readonly storage: Pick<Storage, "list" | "put" | "get">,
    private readonly cell: string,
  ) {}

  async newest(): Promise<number> {
    const last = (await this.storage.list(this.#prefix)).at(-1);
    return last === undefined ? FIRST_EPOCH : Number(last.slice(this.#prefix.length));
  }

  /** @throws AppError where somebody else has begun the same epoch: two promotions at a time would be two writers. */
  async raise(to: number, note: EpochNote): Promise<void> {
    await this.storage.put(this.#keyOf(to), JSON.stringify(note), {
      contentType: "application/json",
      onlyNew: true,
    });
  }

  /** Who began the epoch; undefined for one that nobody did. */
  async noteOf(epoch: number): Promise<EpochNote | undefined> {
    const object = await this.storage.get(this.#keyOf(epoch));
    return object && noteSchema.parse(JSON.parse(Buffer.from(object.body).toString("utf8")));
  }

  #keyOf(epoch: number): string {
    return `${this.#prefix}${String(epoch).padStart(10, "0")}`;
  }

  get #prefix(): string {
    return `cells/${this.cell}/epochs/`;
  }
}

/** Undefined where the installation has no standby, and so nothing to be fenced from. */
export function openEpochStore(): EpochStore | undefined {
  const {
    CELL,
    CELL_EPOCH_BUCKET: bucket,
    CELL_EPOCH_REGION,
    CELL_EPOCH_ENDPOINT,
    AWS_REGION,
    S3_ENDPOINT,
  } = env();
  if (CELL === undefined || bucket === undefined) return undefined;
  const region = CELL_EPOCH_REGION ?? AWS_REGION;
  return new EpochStore(
    createStorage({ region, endpoint: CELL_EPOCH_ENDPOINT ?? S3_ENDPOINT, bucket }),
    CELL,
  );
}
