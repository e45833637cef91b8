import { type Browser, expect, type Page, test } from "@playwright/test";
import { makeCustomer, signIn, signInAsCustomer } from "../support/customer";
import { signInAsOperator } from "../support/operator-login";
import { pages, pathOf, type SitePage, type World } from "../support/pages";
import { settle } from "../support/settle";
import { makeConsole, makeWorld } from "../support/world";

const LATE_MS = 900;
const LARGEST_SHIFT = 0.02;
const isChunk = (url: string) =>
  url.includes("/_next/static/") && url.split("?")[0]?.endsWith(".js") === true;

test.describe.configure({ timeout: 300_000 });

/** What each page loads of script, so that its own can be told from what all of them share. */
async function chunksOf(
  page: Page,
  list: readonly SitePage[],
  world: World,
): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  for (const one of list) {
    const chunks = new Set<string>();
    const note = (request: { url: () => string }) => {
      if (isChunk(request.url())) chunks.add(request.url());
    };
    page.on("request", note);
    await page.goto(pathOf(one, world));
    await settle(page);
    page.off("request", note);
    found.set(one.name, chunks);
  }
  return found;
}

/** Opens every page while its own script comes late: what the server wrote has to be what the browser finds then. */
async function openLate(
  browser: Browser,
  { enter, list, world }: { enter: (page: Page) => Promise<void>; list: readonly SitePage[]; world: World },
): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await enter(page);
  const chunks = await chunksOf(page, list, world);
  const [first = new Set<string>(), ...others] = chunks.values();
  const shared = new Set([...first].filter((url) => others.every((other) => other.has(url))));
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  await page.addInitScript(() => {
    Reflect.set(window, "shifted", 0);
    new PerformanceObserver((entries) => {
      for (const entry of entries.getEntries()) {
        const shift: unknown =
          Reflect.get(entry, "hadRecentInput") === true ? 0 : Reflect.get(entry, "value");
        Reflect.set(window, "shifted", Number(Reflect.get(window, "shifted")) + Number(shift));
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  let late = 0;
  await page.route(
    (url) => isChunk(url.href),
    async (route) => {
      if (!shared.has(route.request().url())) {
        late++;
        await new Promise((resolve) => setTimeout(resolve, LATE_MS));
      }
      await route.continue();
    },
  );
  for (const one of list) {
    problems.length = 0;
    await page.goto(pathOf(one, world));
    // The reader is named from the first byte on: no placeholder gives way to them. A device's code is asked for outside of the portal's frame.
    if (!one.name.startsWith("device"))
      await expect.soft(page.getByRole("button", { name: /^Organization: \S/ })).toBeVisible();
    await page.waitForTimeout(2 * LATE_MS);
    await settle(page);
    const shifted = await page.evaluate(() => Number(Reflect.get(window, "shifted")));
    expect.soft(problems, `${one.name}, its script late`).toEqual([]);
    expect.soft(shifted, `${one.name} moves while it loads`).toBeLessThanOrEqual(LARGEST_SHIFT);
  }
  expect(late, "scripts that came late").toBeGreaterThan(0);
  await context.close();
}

test("every page of the portal hydrates cleanly and stands still when its own script comes late", async ({
  browser,
  request,
}) => {
  const { customer, ...world } = await makeWorld(request);
  // These ask for what is not there, which the browser reports as an error.
  const absent = ["oauth-consent-expired", "export-gone", "audit-stream", "device-with-code"];
  const list = pages.portal.filter(({ name }) => !absent.includes(name));
  await openLate(browser, { enter: (page) => signIn(page, customer), list, world });
});

test("every page of the operator console hydrates cleanly and stands still when its own script comes late", async ({
  browser,
  page,
  request,
}) => {
  const { customer, ...world } = await makeWorld(request);
  const inquiry = await makeConsole(page, customer);
  await openLate(browser, { enter: signInAsOperator, list: pages.operator, world: { ...world, ...inquiry } });
});

/** Holds back the page's script until it is released. */
async function withholdScript(page: Page): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(
    (url) => isChunk(url.href),
    async (route) => {
      await released;
      await route.continue();
    },
  );
  return release;
}

const isHydrated = (element: Element) => Object.keys(element).some((key) => key.startsWith("__reactProps$"));

test("a button, a menu and a tab that are pressed before the page's script has come answer once it has, and once", async ({
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await signInAsCustomer(page);
  let checkouts = 0;
  page.on("request", (sent) => {
    if (sent.method() === "POST" && sent.url().includes("billing.checkout")) checkouts += 1;
  });
  const pressEarly = async (path: string, role: "button" | "tab", name: string | RegExp) => {
    await page.unrouteAll();
    const release = await withholdScript(page);
    await page.goto(path, { waitUntil: "commit" });
    const control = page.getByRole(role, { name }).first();
    await control.waitFor();
    expect(await control.evaluate(isHydrated), `${path} has no script yet`).toBe(false);
    await control.click();
    release();
    return control;
  };

  await pressEarly("/overview", "button", /^Organization: /);
  await expect(page.getByRole("menuitem", { name: "Create organization" })).toBeVisible();
  const tab = await pressEarly("/docs", "tab", "Python");
  await expect(tab).toHaveAttribute("aria-selected", "true");
  await pressEarly("/billing", "button", "Choose Pro");
  await expect(page.getByRole("button", { name: "Pay and subscribe" })).toBeVisible();
  expect(checkouts).toBe(1);
});

test("a button that is pressed while a script beside it has not come answers once it has", async ({
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await signInAsCustomer(page);
  const chunksAt = async (path: string) => {
    const chunks = new Set<string>();
    const note = (request: { url: () => string }) =>
      void (isChunk(request.url()) && chunks.add(request.url()));
    page.on("request", note);
    await page.goto(path);
    await settle(page);
    page.off("request", note);
    return chunks;
  };
  const [usage, keys] = [await chunksAt("/usage"), await chunksAt("/keys")];
  const own = new Set([...usage].filter((url) => !keys.has(url)));
  expect(own.size).toBeGreaterThan(0);
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(
    (url) => own.has(url.href),
    async (route) => {
      await released;
      await route.continue();
    },
  );
  await page.goto("/usage", { waitUntil: "commit" });
  const button = page.getByRole("button", { name: /^Organization: / }).first();
  // React has come to the button, and stands still at what is missing.
  await expect.poll(() => button.evaluate(isHydrated)).toBe(true);
  await button.click();
  release();
  await expect(page.getByRole("menuitem", { name: "Create organization" })).toBeVisible();
});

test("a form that is sent before the page's script has come is sent once it has, and never by the address", async ({
  page,
  request,
}) => {
  const customer = await makeCustomer(request);
  const release = await withholdScript(page);
  const addresses: string[] = [];
  page.on("framenavigated", (frame) => addresses.push(frame.url()));
  await page.goto("/sign-in", { waitUntil: "commit" });
  await page.getByLabel("Email").fill(customer.email);
  await page.getByLabel("Password", { exact: true }).fill(customer.password);
  const button = page.getByRole("button", { name: "Sign in", exact: true });
  expect(await button.evaluate(isHydrated), "the page has no script yet").toBe(false);
  await button.click();
  release();
  await expect(page).toHaveURL(/\/overview$/);
  expect(addresses.join("\n")).not.toContain("password");
});
