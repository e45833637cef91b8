import { getKey } from "@agathaai/core/keys";
import { AppError, type Db, type Principal } from "@agathaai/core/platform";
import { getRateLimit, rateLimitViewSchema, readHeadroom } from "@agathaai/core/quota";
import { z } from "zod";

const micros = z.int().nonnegative();

export const callingKeySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  environment: z.enum(["live", "test"]),
  scopes: z.array(z.string()),
  models: z.array(z.string()).meta({ description: "Models it may use; empty means all." }),
  expires_at: z.iso.datetime().nullable(),
  monthly_cap_micros: micros
    .nullable()
    .meta({ description: "Micro-dollars per calendar month (UTC); null: no cap." }),
  spent_this_month_micros: micros,
  remaining_micros: micros
    .nullable()
    .meta({ description: "Of the cap, what is neither spent nor held for running requests." }),
  limits: rateLimitViewSchema,
});

/** What the key that calls may still do. @throws AppError `insufficient_role` for a person, who has no key. */
export async function getCallingKey(
  db: Db,
  { principal }: { principal: Principal },
): Promise<z.output<typeof callingKeySchema>> {
  if (principal.kind !== "key") {
    throw new AppError("insufficient_role", {
      public: "This call is about the API key that makes it. Send an API key.",
    });
  }
  const { environment } = principal;
  const [key, headroom, limits] = await Promise.all([
    getKey(db, { principal, input: { id: principal.apiKeyId } }),
    readHeadroom(db, { principal, environment, at: new Date() }),
    getRateLimit(db, { principal }),
  ]);
  const { cap = null, spent = 0n, reserved = 0n } = headroom.keySpend ?? {};
  const left = cap === null ? null : cap - spent - reserved;
  return {
    id: key.id,
    name: key.name,
    environment,
    scopes: key.scopes,
    models: key.models,
    expires_at: key.expires_at,
    monthly_cap_micros: key.monthly_cap_micros,
    spent_this_month_micros: key.spent_this_month_micros,
    remaining_micros: left === null ? null : Math.max(0, Number(left)),
    limits,
  };
}
