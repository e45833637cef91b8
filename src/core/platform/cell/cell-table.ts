import { z } from "zod";

/** One installation of several, as the others know it. */
export interface CellSite {
  /** Part of its keys. */
  code: string;
  /** Its origin: portal and API. */
  url: string;
  /** What people call its region. */
  label: string;
}

export const CELL_CODE = /^[a-z][a-z0-9]{1,7}$/;

export const cellCode = z
  .string()
  .regex(CELL_CODE, "must be a letter and one to seven letters or digits, in lower case");

const entry = /^(?<code>[^=]+)=(?<url>[^|]+)(?:\|(?<label>.+))?$/;

/** `use1=https://use1.agathaai.com|United States`: one of `CELLS`. */
export const cellSite = z.string().transform((text, context): CellSite => {
  const { code = "", url = "", label = code } = entry.exec(text)?.groups ?? {};
  const origin = URL.canParse(url) ? new URL(url).origin : undefined;
  if (CELL_CODE.test(code) && origin !== undefined && /^https?:/.test(origin)) {
    return { code, url: origin, label };
  }
  context.addIssue({
    code: "custom",
    message: "must be code=URL|name, such as eu=https://eu.example.com|Europe",
  });
  return z.NEVER;
});
