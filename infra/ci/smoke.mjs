// What a deployment has to answer before the next region begins. SMOKE_URL, and SMOKE_API_KEY: a test key, which never
// reaches a provider and is never billed.
const { SMOKE_URL: url = "", SMOKE_API_KEY: key = "" } = process.env;
const authorization = `Bearer ${key}`;
const json = { authorization, "content-type": "application/json" };
const body = { model: "gpt-4o", messages: [{ role: "user", content: "Smoke test" }], max_tokens: 16 };

const checks = [
  ["process", "/api/health", {}, 200],
  ["dependencies", "/api/ready", {}, 200],
  ["portal", "/sign-in", {}, 200],
  ["keys are asked for", "/v1/models", {}, 401],
  ["models", "/v1/models", { headers: { authorization } }, 200],
  ["completion", "/v1/chat/completions", { method: "POST", headers: json, body: JSON.stringify(body) }, 200],
];

let failed = 0;
for (const [name, path, init, expected] of checks) {
  const status = await answer(new URL(path, url), init);
  if (status !== expected) failed += 1;
  console.log(`${status === expected ? "ok" : "FAILED"}  ${name}: ${status}, expected ${expected}`);
}
process.exit(failed === 0 ? 0 : 1);

/** A new version may still be warming up: three attempts, a few seconds apart. */
async function answer(address, init) {
  let last = "no answer";
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    try {
      const response = await fetch(address, { ...init, signal: AbortSignal.timeout(15_000) });
      await response.arrayBuffer();
      if (response.status < 500) return response.status;
      last = response.status;
    } catch (error) {
      last = error.message;
    }
    await new Promise((resolve) => setTimeout(resolve, 3_000));
  }
  return last;
}
