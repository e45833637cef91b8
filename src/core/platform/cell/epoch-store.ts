import { z } from "zod";
import { firstOf } from "../concurrency/first-of";
import { env } from "../env";
import { AppError } from "../errors";
import { log } from "../observability/log";
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

type WitnessStorage = Pick<Storage, "list" | "put" | "get">;

/**
 * The epochs of a cell outside of its databases: an object for each, which is only ever added. The newest is the highest, so
 * it can rise and never fall, whoever writes when.
 *
 * Several witnesses each have them. An epoch has begun once most of them have it, and the newest is the highest that most of
 * them say: any two majorities have a witness in common, so whoever hears most of them hears of each epoch that has begun,
 * also where one of them is away or has missed some.
 */
export class EpochStore {
  readonly #witnesses: readonly WitnessStorage[];

  constructor(
    witnesses: WitnessStorage | readonly WitnessStorage[],
    private readonly cell: string,
  ) {
    this.#witnesses = [witnesses].flat();
  }

  /** Whether the loss of one bucket leaves an answer, so that nothing else has to be a sign. */
  get decidesAlone(): boolean {
    return this.#witnesses.length > 1;
  }

  async newest(): Promise<number> {
    const heard = await firstOf(
      this.#most,
      this.#witnesses.map((witness) => this.#newestAt(witness)),
    );
    return Math.max(...heard);
  }

  /**
   * Begins an epoch, or completes what the same note has begun.
   * @throws AppError where most witnesses cannot take it, or somebody else has begun the same epoch: two promotions at a time
   * would be two writers.
   */
  async raise(to: number, note: EpochNote): Promise<void> {
    await firstOf(
      this.#most,
      this.#witnesses.map((witness) => this.#raiseAt(witness, to, note)),
    );
  }

  /** Who began the epoch; undefined for one that nobody did. */
  async noteOf(epoch: number): Promise<EpochNote | undefined> {
    const asked = await Promise.allSettled(this.#witnesses.map((witness) => this.#noteAt(witness, epoch)));
    const heard = asked.filter((one) => one.status === "fulfilled").map(({ value }) => value);
    if (heard.length < this.#most) throw asked.find((one) => one.status === "rejected")?.reason;
    const notes = heard.filter((note) => note !== undefined);
    const own = notes.find((note) => notes.filter((one) => isSame(one, note)).length >= this.#most);
    // One that broke off may be completed; of two at a time neither may.
    return own ?? (notes.every((note) => isSame(note, notes[0])) ? notes[0] : undefined);
  }

  async #newestAt(witness: WitnessStorage): Promise<number> {
    const last = (await witness.list(this.#prefix)).at(-1);
    return last === undefined ? FIRST_EPOCH : Number(last.slice(this.#prefix.length));
  }

  async #raiseAt(witness: WitnessStorage, to: number, note: EpochNote): Promise<void> {
    // Before and after: an S3 that knows no conditional write would let the second promotion overwrite the first.
    if ((await this.#noteAt(witness, to)) === undefined)
      await witness
        .put(this.#keyOf(to), JSON.stringify(note), { contentType: "application/json", onlyNew: true })
        // Somebody was faster, or this very note came through without its answer.
        .catch((error: unknown) => log().warn({ err: error, to }, "an epoch was not taken at its first try"));
    if (!isSame(await this.#noteAt(witness, to), note)) throw begunByAnother(to);
  }

  async #noteAt(witness: WitnessStorage, epoch: number): Promise<EpochNote | undefined> {
    const object = await witness.get(this.#keyOf(epoch));
    return object && noteSchema.parse(JSON.parse(Buffer.from(object.body).toString("utf8")));
  }

  get #most(): number {
    return Math.floor(this.#witnesses.length / 2) + 1;
  }

  #keyOf(epoch: number): string {
    return `${this.#prefix}${String(epoch).padStart(10, "0")}`;
  }

  get #prefix(): string {
    return `cells/${this.cell}/epochs/`;
  }
}

function begunByAnother(epoch: number): AppError {
  return new AppError("service_unavailable", {
    public: `Epoch ${epoch} was begun by somebody else, or a witness did not take it. Repeat.`,
    internal: "a witness has another note of this epoch, or none",
    retryAfterSeconds: 5,
  });
}

function isSame(one: EpochNote | undefined, other: EpochNote | undefined): boolean {
  return one?.at === other?.at && one?.database === other?.database && one?.timeline === other?.timeline;
}

/** Undefined where the installation has no standby, and so nothing to be fenced from. */
export function openEpochStore(): EpochStore | undefined {
  const { CELL, CELL_EPOCH_WITNESSES: witnesses, CELL_EPOCH_BUCKET: bucket, ...rest } = env();
  if (CELL === undefined) return undefined;
  if (witnesses.length > 0)
    return new EpochStore(
      witnesses.map(({ endpoint, ...where }) =>
        createStorage({ ...where, endpoint: endpoint ?? rest.S3_ENDPOINT }),
      ),
      CELL,
    );
  if (bucket === undefined) return undefined;
  const region = rest.CELL_EPOCH_REGION ?? rest.AWS_REGION;
  const endpoint = rest.CELL_EPOCH_ENDPOINT ?? rest.S3_ENDPOINT;
  return new EpochStore(createStorage({ region, endpoint, bucket }), CELL);
}
