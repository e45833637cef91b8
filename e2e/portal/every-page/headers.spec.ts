import { type APIResponse, expect, type Page, test } from "@playwright/test";
import { z } from "zod";
import { makeCustomer, signIn } from "../support/customer";
import { onDatabase } from "../support/database";

const nonceOf = (policy: string) => /'nonce-([^']+)'/.exec(policy)?.[1];
const policyOf = (answer: APIResponse) => answer.headers()["content-security-policy"] ?? "";

declare global {
  interface Window {
    violations?: string[];
    intruder?: boolean;
  }
}

/** What a browser reports as blocked by the page's own policy, from before its first script on. */
async function watchPolicy(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sample }) =>
      window.violations?.push(`${effectiveDirective} ${blockedURI} ${sample}`),
    );
  });
}

for (const path of ["/", "/pricing", "/docs", "/docs/api", "/status", "/sign-in", "/sign-up", "/nowhere"]) {
  test(`${path} arrives with a policy that names each of its scripts by a nonce of this request alone`, async ({
    request,
  }) => {
    const [answer, again] = [await request.get(path), await request.get(path)];
    const headers = answer.headers();
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "strict-origin-when-cross-origin",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    });
    expect(headers["permissions-policy"]).toContain("camera=()");
    expect(headers["x-powered-by"]).toBeUndefined();
    // A stored page would bring its nonce to others.
    expect(headers["cache-control"]).toMatch(/no-store|private/);
    expect(headers["content-security-policy"]).toContain("'strict-dynamic'");
    expect(headers["content-security-policy"]).not.toContain("unsafe-eval");

    const nonce = nonceOf(policyOf(answer));
    expect(nonce).toMatch(/^[\w+/]{22}==$/);
    expect(nonceOf(policyOf(again))).not.toBe(nonce);
    const scripts = [...(await answer.text()).matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
  });
}

for (const [path, type, maxAge] of [
  ["/favicon.ico", "image/x-icon", 86_400],
  ["/apple-touch-icon.png", "image/png", 86_400],
  ["/brand/mark.svg", "image/svg+xml", 86_400],
  ["/brand/wordmark-dark.svg", "image/svg+xml", 86_400],
  ["/llms.txt", "text/plain; charset=UTF-8", 3_600],
  ["/.well-known/security.txt", "text/plain; charset=UTF-8", 3_600],
] as const) {
  test(`${path} is served to anyone as ${type}, cached for ${maxAge} seconds`, async ({ request }) => {
    const response = await request.get(path);
    expect(response.status()).toBe(200);
    expect(response.headers()).toMatchObject({
      "content-type": type,
      "cache-control": `public, max-age=${maxAge}`,
      "x-content-type-options": "nosniff",
    });
    expect((await response.body()).length).toBeGreaterThan(100);
  });
}

test("security.txt names a contact and is valid for at most a year (RFC 9116)", async ({ request }) => {
  const text = await (await request.get("/.well-known/security.txt")).text();
  expect(text).toMatch(/^Contact: mailto:security@agathaai\.com$/m);
  const expires = Date.parse(/^Expires: (.+)$/m.exec(text)?.[1] ?? "");
  expect(expires, "renew Expires in public/.well-known/security.txt").toBeGreaterThan(Date.now());
  expect(expires).toBeLessThan(Date.now() + 366 * 86_400_000);
});

test("a browser runs the portal under its policy without a complaint, and nothing that was injected", async ({
  page,
  request,
}) => {
  await watchPolicy(page);
  await signIn(page, await makeCustomer(request));
  for (const path of ["/overview", "/keys", "/playground", "/settings", "/docs/api"]) {
    await page.goto(path);
    await expect(page.getByRole("heading").first()).toBeVisible();
    expect(await page.evaluate(() => window.violations), path).toEqual([]);
  }
  await page.evaluate(() => {
    const frame = document.createElement("div");
    frame.innerHTML = '<img src="data:," onerror="window.intruder = true">';
    const script = document.createElement("script");
    script.textContent = "window.intruder = true";
    // As an injection would be written: by the parser, without the trust of a script that runs already.
    frame.insertAdjacentHTML("beforeend", script.outerHTML);
    document.body.append(frame);
  });
  await expect.poll(() => page.evaluate(() => window.violations?.length)).toBeGreaterThan(0);
  expect(await page.evaluate(() => window.intruder)).toBeUndefined();
});

test("a portal call is recorded with the caller's own address, whatever it claims in X-Forwarded-For", async ({
  page,
  request,
}) => {
  await signIn(page, await makeCustomer(request));
  const ask = (claims: Record<string, string>) =>
    page.evaluate(async (headers) => {
      const answer = await fetch("/api/trpc/account.me", { headers });
      return { status: answer.status, id: answer.headers.get("x-request-id") ?? "" };
    }, claims);
  const asked = [
    await ask({}),
    await ask({ "x-forwarded-for": "203.0.113.7" }),
    await ask({ "x-forwarded-for": "198.51.100.1, 203.0.113.8", "x-real-ip": "203.0.113.9" }),
    await ask({ forwarded: "for=203.0.113.10", "cf-connecting-ip": "203.0.113.11" }),
  ];
  expect(asked.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const row = z.object({ address: z.string() });
  const recorded = async () =>
    onDatabase(async (client) => {
      const { rows } = await client.query(
        "SELECT details::jsonb->>'address' AS address FROM audit_calls WHERE trace_id = ANY($1)",
        [asked.map(({ id }) => id)],
      );
      return rows.map((found) => row.parse(found).address);
    });
  await expect.poll(async () => (await recorded()).length).toBe(asked.length);
  expect(new Set(await recorded()).size).toBe(1);
});
