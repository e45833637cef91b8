import { z } from "zod";

/** One of the buckets that say which epoch of a cell is the newest. */
export interface Witness {
  bucket: string;
  region: string;
  /** Only for an S3 that is not Amazon's. */
  endpoint: string | undefined;
}

const entry = /^(?<bucket>[a-z0-9][a-z0-9.-]{2,62})@(?<region>[a-z0-9-]+)(?:=(?<endpoint>.+))?$/;

/** `epochs-a@us-east-1` or `epochs-a@here=https://objects.example.com`: one of `CELL_EPOCH_WITNESSES`. */
export const witness = z.string().transform((text, context): Witness => {
  const { bucket = "", region = "", endpoint } = entry.exec(text)?.groups ?? {};
  if (bucket !== "" && (endpoint === undefined || isAddress(endpoint))) return { bucket, region, endpoint };
  context.addIssue({
    code: "custom",
    message: "must be bucket@region, or bucket@region=URL of an S3 that is not Amazon's",
  });
  return z.NEVER;
});

/** Two would both be needed, and two in one region would be lost together. */
export function areWitnesses(all: readonly Witness[]): boolean {
  const regions = new Set(all.map(({ region }) => region));
  return all.length === 0 || (all.length >= 3 && all.length % 2 === 1 && regions.size === all.length);
}

const isAddress = (text: string) => URL.canParse(text) && /^https?:/.test(text);
