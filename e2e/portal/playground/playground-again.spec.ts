import { expect, type Page, test } from "@playwright/test";
import { fromPublicId } from "../../../src/core/platform";
import { checkPage } from "../support/check-page";
import { type Customer, signInAsCustomer } from "../support/customer";
import { onDatabase } from "../support/database";
import { answerOf, choose, question, send } from "./playground-page";

/** Asks for an answer of which a piece comes every half second, and waits for the first. */
async function askSlowly(page: Page): Promise<string> {
  await page.goto("/playground");
  await choose(page, "gpt-4o");
  await expect(page.getByText(/at most \$/)).toBeVisible();
  await question(page).fill("Name three agates. [[sim:pace:500]]");
  const answered = page.waitForResponse("**/v1/chat/completions");
  await send(page);
  const reply = await answered;
  expect(reply.request().headers()["x-agatha-resumable"]).toBe("begun");
  await expect(answerOf(page, "gpt-4o").getByText(/^Simulated/)).toBeVisible();
  return reply.headers()["x-agatha-id"] ?? "";
}

/** Lets a test cut the connection of the completion: the browser hangs up, and the page sees the network fail. */
const cutOnSignal = (page: Page) =>
  page.addInitScript(() => {
    const real = window.fetch;
    window.fetch = async (input, init) => {
      const response = await real(input, init);
      if (!String(input).endsWith("/v1/chat/completions") || response.body === null) return response;
      const reader = response.body.getReader();
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          const { done, value } = await reader.read();
          if (document.documentElement.dataset.cut === "true") {
            await reader.cancel();
            controller.error(new TypeError("network error"));
          } else if (done) controller.close();
          else controller.enqueue(value);
        },
      });
      return new Response(body, { status: response.status, headers: response.headers });
    };
  });

const callsOf = ({ orgId }: Customer) =>
  onDatabase(async (client) => {
    const { rows } = await client.query("SELECT count(*)::int AS count FROM usage_ledger WHERE org_id = $1", [
      fromPublicId("org", orgId),
    ]);
    return Number(rows[0]?.count);
  });

test("an answer whose connection drops goes on where it stopped, is there once, and is one call", async ({
  page,
  context,
}) => {
  const customer = await signInAsCustomer(page);
  await cutOnSignal(page);
  const id = await askSlowly(page);
  const answer = answerOf(page, "gpt-4o");

  const again = page.waitForRequest(`**/v1/generations/${id}/stream`);
  await context.setOffline(true);
  await page.evaluate(() => {
    document.documentElement.dataset.cut = "true";
  });
  await page.waitForTimeout(1_500);
  await context.setOffline(false);
  expect(Number((await again).headers()["last-event-id"])).toBeGreaterThan(0);
  await expect(answer.getByText("Processing")).toBeVisible();
  await checkPage(page);
  await expect(answer.getByText("Completed")).toBeVisible({ timeout: 60_000 });
  const text = await answer.getByText(/^Simulated/).innerText();
  expect(text.match(/Simulated gpt-4o answer/g)).toHaveLength(1);

  // What the provider sent, as the history has it.
  await answer.getByRole("link", { name: "Open the request" }).click();
  await expect(page).toHaveURL(new RegExp(`/requests/${id}`));
  await expect(page.getByText(text, { exact: false }).first()).toBeVisible();
  expect(await callsOf(customer)).toBe(1);
});

test("an answer goes on after the page was loaded again, and Stop ends it there and is billed for what had come", async ({
  page,
}) => {
  await signInAsCustomer(page);
  const id = await askSlowly(page);
  const answer = answerOf(page, "gpt-4o");
  const again = page.waitForRequest(`**/v1/generations/${id}/stream`);
  await page.reload();
  await again;
  await expect(answer.getByText("Processing")).toBeVisible();
  await expect(answer.getByText(/^Simulated/)).toBeVisible();
  await expect(answer.getByText("Completed")).toBeVisible({ timeout: 60_000 });
  expect((await answer.getByText(/^Simulated/).innerText()).match(/Simulated gpt-4o/g)).toHaveLength(1);

  await askSlowly(page);
  await page.reload();
  await expect(answer.getByText(/^Simulated/)).toBeVisible();
  await answer.getByRole("button", { name: "Stop" }).click();
  await expect(answer.getByText("Stopped. Only what had arrived is billed.")).toBeVisible({
    timeout: 15_000,
  });
  await expect(answer.getByText(/^\$0\.\d+$/)).toBeVisible();
});
