import { singleton } from "../../concurrency/singleton";
import { iamTokens } from "./iam-tokens";
import type { PasswordSource } from "./password-source";
import { secretPassword } from "./secret-password";

/** Of an address: `postgresql://user@host/db?sslmode=verify-full&passwordFrom=iam`, or `=secretsmanager:` and a secret's name or ARN. */
const PARAMETER = "passwordFrom";
const SECRET = "secretsmanager:";

export interface Address {
  connectionString: string;
  source?: PasswordSource;
}

/** One source an address, so that what one connection learned the others know. */
const sources = singleton("database passwords", () => new Map<string, PasswordSource>());

export function addressOf(url: string): Address {
  const parsed = new URL(url);
  const from = parsed.searchParams.get(PARAMETER);
  if (from === null) return { connectionString: url };
  parsed.searchParams.delete(PARAMETER);
  const source = sources().get(url) ?? makeSource(from, parsed);
  sources().set(url, source);
  return { connectionString: parsed.href, source };
}

function makeSource(from: string, { hostname, port, username }: URL): PasswordSource {
  if (from === "iam")
    return iamTokens({ hostname, port: Number(port || 5432), username: decodeURIComponent(username) });
  if (from.startsWith(SECRET) && from !== SECRET) return secretPassword(from.slice(SECRET.length));
  throw new Error(`${PARAMETER} of the database address must be iam or ${SECRET} and the name of a secret`);
}
