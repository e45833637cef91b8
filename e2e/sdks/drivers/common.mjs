/** What every driver asks, so that their reports can be held against the same expectations. */
export const ask = "Name three kinds of agate.";
export const city = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
export const agates = {
  type: "object",
  properties: { kinds: { type: "array", items: { type: "string" } } },
  required: ["kinds"],
  additionalProperties: false,
};

export function target() {
  const [url, key] = process.argv.slice(2);
  return { url, key };
}

export function report(seen) {
  process.stdout.write(JSON.stringify(seen));
}

/** Name, status and code of the error that the client threw. */
export async function told(call) {
  try {
    await call();
    return { name: "nothing was thrown" };
  } catch (error) {
    const data = error.data?.error ?? error.error ?? error;
    return {
      name: error.name === "Error" ? error.constructor.name : error.name,
      status: error.statusCode ?? error.status,
      code: data?.code,
    };
  }
}
