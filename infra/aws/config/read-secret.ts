/** The function's own refusal. Its message names variables and never a value: it is written to the log. */
class SecretError extends Error {
  override name = "SecretError";
}

/**
 * The variables in a cell's secret, for a process that reads it itself. As with ECS, a missing one is refused and an empty string is a
 * value: a process that went on without a key would take what it cannot decrypt for damaged.
 * @throws Error naming what is missing.
 */
export function readSecret(secret: string | undefined, names: readonly string[]): Record<string, string> {
  if (names.length === 0)
    throw new SecretError("APP_SECRET_VARIABLES names no variable: the function does not start.");
  const held = heldIn(secret);
  const missing = names.filter((name) => !isValue(held[name]));
  if (missing.length > 0)
    throw new SecretError(
      `The application's secret lacks ${missing.join(", ")}: add each to it (empty where it is not used); the function does not start.`,
    );
  return Object.fromEntries(names.map((name) => [name, String(held[name])]));
}

/** The message of `JSON.parse` would quote the secret. */
function heldIn(secret = ""): Record<string, unknown> {
  const held = parsed(secret);
  if (typeof held !== "object" || held === null)
    throw new SecretError("The application's secret is no JSON object: the function does not start.");
  return { ...held };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isValue = (value: unknown) => ["string", "number", "boolean"].includes(typeof value);
