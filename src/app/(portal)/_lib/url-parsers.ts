import { createParser } from "nuqs";
import { isDay } from "@/shared/time";

const KEY_ID = /^key_[0-9a-z]{26}$/;
const LONGEST_MODEL = 128;

const textParser = (read: (text: string) => string | null) =>
  createParser({ parse: read, serialize: (value: string) => value });

/** "2026-11-01". */
export const parseAsDay = textParser((text) => (isDay(text) ? text : null));

/** The public ID of an API key. */
export const parseAsKeyId = textParser((text) => (KEY_ID.test(text) ? text : null));

/** A model's ID, also one that the catalog no longer has. */
export const parseAsModel = textParser((text) => text.slice(0, LONGEST_MODEL) || null);
