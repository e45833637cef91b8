import { expect, type Page, test } from "@playwright/test";
import { checkPage } from "../support/check-page";
import { makeCustomer, signIn, signInAsCustomer } from "../support/customer";
import { answerOf, choose, question, send } from "./playground-page";

/** Requests of the queue are kept: they have a page, and the history has them. */
async function useQueue(page: Page): Promise<void> {
  await page.getByText("Delivery", { exact: true }).click();
  await page.getByLabel("The answer comes").selectOption("queue");
}

async function compare(page: Page, first: string, second: string): Promise<void> {
  await choose(page, first);
  await page.getByRole("button", { name: "Compare with another model" }).click();
  await page.getByLabel("Model 2").selectOption(second);
}

test("one send asks two models side by side, from the keyboard; Escape stops them", async ({ page }) => {
  await signInAsCustomer(page);
  await page.goto("/playground");
  await compare(page, "gpt-4o", "gemini-3.8-flash");
  await expect(page.getByText(/Together at most [\d,]+ tokens and \$/)).toBeVisible();
  await question(page).fill("Why is moss agate green?");
  await question(page).press("Control+Enter");
  for (const model of ["gpt-4o", "gemini-3.8-flash"]) {
    const answer = answerOf(page, model);
    await expect(answer.getByText("Completed")).toBeVisible({ timeout: 30_000 });
    await expect(answer.getByText(/moss agate/)).toBeVisible();
    await expect(answer.getByText(/^\$0\.\d+$/)).toBeVisible();
  }
  await checkPage(page);

  await question(page).fill("Wait a while. [[sim:slow:20000]]");
  await send(page);
  await expect(answerOf(page, "gpt-4o").getByText("Processing")).toBeVisible();
  await page.keyboard.press("Escape");
  for (const model of ["gpt-4o", "gemini-3.8-flash"]) {
    await expect(answerOf(page, model).getByText("Canceled")).toBeVisible({ timeout: 30_000 });
    await expect(answerOf(page, model).getByText("Nothing was billed")).toBeVisible();
  }
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeEnabled();
});

test("what a model thinks is shown where it is asked for: closed at first, beside the answer, and kept", async ({
  page,
}) => {
  await signInAsCustomer(page);
  await page.goto("/playground");
  await compare(page, "gpt-6.2-sol", "gemini-3.8-flash");
  await page.getByText("Reasoning", { exact: true }).click();
  await page.getByLabel("Effort").selectOption("low");
  await page.getByLabel("Show the model’s reasoning").check();
  await question(page).fill("Why is moss agate green?");
  await send(page);
  for (const model of ["gpt-6.2-sol", "gemini-3.8-flash"]) {
    const answer = answerOf(page, model);
    await expect(answer.getByText("Completed")).toBeVisible({ timeout: 30_000 });
    await expect(answer.getByText(/moss agate/)).toBeVisible();
    await expect(answer.getByText("Simulated reasoning.")).toBeHidden();
    await answer.getByText("Reasoning", { exact: true }).click();
    await expect(answer.getByText("Simulated reasoning.")).toBeVisible();
  }
  await checkPage(page);
  await answerOf(page, "gemini-3.8-flash").getByRole("link", { name: /^Open/ }).click();
  await page.getByText("Reasoning", { exact: true }).click();
  await expect(page.getByText("Simulated reasoning.")).toBeVisible();
});

test("each column has its own answer, its own failure and its own stop", async ({ page }) => {
  await signInAsCustomer(page);
  await page.goto("/playground");
  await compare(page, "gpt-4o", "gpt-3.5-turbo");
  await page.getByText("Answer format", { exact: true }).click();
  await page.getByLabel("Answer as").selectOption("json_schema");
  await expect(page.getByText("Not supported by gpt-3.5-turbo.")).toBeVisible();
  await expect(page.getByText(/gpt-3.5-turbo does not support response_format/)).toBeVisible();
  await send(page);
  await expect(answerOf(page, "gpt-3.5-turbo").getByRole("alert")).toContainText("does not support");
  await expect(answerOf(page, "gpt-4o").getByText("Completed")).toBeVisible({ timeout: 30_000 });

  await page.getByLabel("Answer as").selectOption("text");
  await question(page).fill("Wait a while. [[sim:slow:20000]]");
  await send(page);
  await answerOf(page, "gpt-4o").getByRole("button", { name: "Stop" }).click();
  await expect(answerOf(page, "gpt-4o").getByText("Canceled")).toBeVisible({ timeout: 30_000 });
  await expect(answerOf(page, "gpt-3.5-turbo").getByText(/Processing|Queued/)).toBeVisible();
  await page.getByRole("button", { name: "Stop all" }).click();
  await expect(answerOf(page, "gpt-3.5-turbo").getByText("Canceled")).toBeVisible({ timeout: 30_000 });
});

test("an answer is shown while it is written, can be stopped midway, and is billed for what had arrived", async ({
  page,
}) => {
  await signInAsCustomer(page);
  await page.goto("/playground");
  await choose(page, "gpt-4o");
  await question(page).fill("Name three agates. [[sim:stall:3]]");
  const call = page.waitForRequest("**/v1/chat/completions");
  await send(page);
  expect((await call).postDataJSON()).toMatchObject({ model: "gpt-4o", stream: true });
  const answer = answerOf(page, "gpt-4o");
  await expect(answer.getByText("Processing")).toBeVisible();
  await expect(answer.getByText(/^Simulated/)).toBeVisible();
  await answer.getByRole("button", { name: "Stop" }).click();
  await expect(answer.getByText("Stopped. Only what had arrived is billed.")).toBeVisible();
  await expect(answer.getByText(/^\$0\.\d+$/)).toBeVisible();
  await expect(answer.getByText(/^Simulated/)).toBeVisible();
  await checkPage(page);

  await question(page).fill("Name three agates. [[sim:error:3]]");
  await send(page);
  await expect(answer.getByText("Failed", { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(answer.getByText(/^Simulated/)).toBeVisible();
  await expect(answer.getByRole("alert")).toContainText("Request ID for support: req_");

  await question(page).fill("Name one agate.");
  await send(page);
  await expect(answer.getByText("Completed")).toBeVisible({ timeout: 30_000 });
  await answer.getByRole("tab", { name: "JSON" }).click();
  await expect(answer.getByText('"object": "chat.completion"')).toBeVisible();
  await answer.getByRole("tab", { name: "Code" }).click();
  for (const [language, part] of [
    ["Node.js", "for await (const chunk of stream)"],
    ["Python", "client.chat.completions.create("],
    ["curl", "/v1/chat/completions"],
  ] as const) {
    await answer.getByRole("tab", { name: language }).click();
    await expect(answer.getByText(part)).toBeVisible();
  }
  await page.reload();
  await expect(answer.getByText("Completed")).toBeVisible();
  await expect(answer.getByText(/^Simulated gpt-4o answer/)).toBeVisible();
});

test("a tool is described, called, replied to, and the conversation goes on", async ({ page, request }) => {
  const customer = await makeCustomer(request);
  await signIn(page, customer);
  await page.goto("/playground");
  await expect(page.getByText("Answers are simulated and free until you verify your email.")).toBeVisible();
  await expect(page.getByText("free, simulated")).toBeVisible();
  await choose(page, "gpt-4o");
  await page.getByText("Tools", { exact: true }).click();
  await page.getByLabel("Add function from template").selectOption("Current weather");
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("get_weather");
  await question(page).fill("Will it rain in Idar-Oberstein?");
  await send(page);
  const answer = answerOf(page, "gpt-4o");
  await expect(answer.getByText("Calls get_weather")).toBeVisible({ timeout: 30_000 });
  await checkPage(page);

  await answer.getByRole("button", { name: "Reply to the tool call" }).click();
  const reply = page.getByLabel("Result of get_weather");
  await expect(reply).toBeFocused();
  await page.keyboard.type('{"rain": false}');
  await page.keyboard.press("Control+Enter");
  await expect(answer.getByText(/Simulated gpt-4o answer/)).toBeVisible({ timeout: 30_000 });
  await answer.getByRole("tab", { name: "Code" }).click();
  await expect(answer.getByText('"tool_call_id"')).toBeVisible();
});

test("a mistake in a schema is reported with its line, and nothing is sent until it is fixed", async ({
  page,
  request,
}) => {
  const customer = await makeCustomer(request);
  await signIn(page, customer);
  await page.goto("/playground");
  await choose(page, "gpt-4o");
  await page.getByText("Answer format", { exact: true }).click();
  await page.getByLabel("Answer as").selectOption("json_schema");
  const schema = page.getByLabel("Schema", { exact: true });
  await schema.fill('{\n  "type": "object",\n  "properties": {\n    "a": { "type": "text" }\n  }\n}');
  const problem = page.getByRole("button", { name: /Line 4, column \d+: "text" isn’t a type/ });
  await expect(problem).toBeVisible();
  await checkPage(page);
  await problem.click();
  await expect(schema).toBeFocused();

  await send(page);
  await expect(page.getByText("Not sent. Fix the fields marked in red.")).toBeVisible();
  await expect(answerOf(page, "gpt-4o").getByText("The answer appears here")).toBeVisible();

  await schema.fill(
    '{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}',
  );
  await page.getByRole("button", { name: "Format" }).click();
  await expect(schema).toHaveValue(/\n {2}"properties"/);
  await send(page);
  await expect(answerOf(page, "gpt-4o").getByText(/\{"a":/)).toBeVisible({ timeout: 30_000 });
});

test("a request that does not fit the quota is reported before it is sent, with the max tokens that would fit", async ({
  page,
}) => {
  await signInAsCustomer(page);
  await page.goto("/playground");
  await choose(page, "gpt-4o");
  await expect(page.getByText(/About \d+ tokens in, up to 4,096 out/)).toBeVisible();
  await question(page).fill("agate ".repeat(16_300));
  await expect(
    page.getByText(/Doesn’t fit\. It needs 10\d,\d{3} tokens while it runs; 100,000 of this month/),
  ).toBeVisible();
  await expect(page.getByRole("link", { name: "Lower max tokens, or upgrade your plan." })).toBeVisible();
  await page.getByRole("button", { name: /Set max tokens to [\d,]+/ }).click();
  await expect(page.getByText("Doesn’t fit.")).toBeHidden();
});

test("the draft and its answer survive a reload, and the history brings them to another device", async ({
  page,
  request,
  browser,
}) => {
  const customer = await makeCustomer(request);
  await signIn(page, customer);
  await page.goto("/playground");
  await compare(page, "gpt-4o", "deepseek-flash");
  await page.getByLabel("System").fill("Answer as a geologist.");
  await question(page).fill("Where does blue lace agate come from?");
  await send(page);
  for (const model of ["gpt-4o", "deepseek-flash"]) {
    await expect(answerOf(page, model).getByText("Completed")).toBeVisible({ timeout: 30_000 });
  }
  const shown = await answerOf(page, "deepseek-flash")
    .getByText(/Simulated/)
    .innerText();

  const isThere = async (there: Page) => {
    await expect(question(there)).toHaveValue("Where does blue lace agate come from?");
    await expect(there.getByLabel("System")).toHaveValue("Answer as a geologist.");
    await expect(answerOf(there, "gpt-4o").getByText(/Simulated gpt-4o/)).toBeVisible();
    await expect(answerOf(there, "deepseek-flash").getByText(shown)).toBeVisible();
  };
  await page.reload();
  await isThere(page);
  await page.getByRole("button", { name: "New prompt" }).click();
  await expect(question(page)).toHaveValue(/Why does an agate have bands/);

  const device = await browser.newContext();
  const elsewhere = await device.newPage();
  await signIn(elsewhere, customer);
  await elsewhere.goto("/playground");
  await elsewhere.getByRole("button", { name: "History" }).click();
  const dialog = elsewhere.getByRole("dialog");
  await expect(dialog.getByRole("listitem")).toHaveCount(1);
  await checkPage(elsewhere);
  await dialog.getByRole("button", { name: /gpt-4o, deepseek-flash/ }).click();
  await expect(dialog).toBeHidden();
  await isThere(elsewhere);
  await device.close();
});

test("a request goes from its page to the playground and back, and its receipt says where tokens and time went", async ({
  page,
}) => {
  await signInAsCustomer(page);
  await page.goto("/playground");
  await choose(page, "gpt-4o");
  await useQueue(page);
  await page.getByText("Parameters", { exact: true }).click();
  await page.getByLabel("Max tokens").fill("300");
  await question(page).fill("Name an agate.");
  await send(page);
  await expect(answerOf(page, "gpt-4o").getByText("Completed")).toBeVisible({ timeout: 30_000 });
  await page.getByRole("link", { name: "Open the request" }).click();
  await expect(page).toHaveURL(/\/requests\/inf_/);
  await expect(page.getByText("Held", { exact: true })).toBeVisible();
  await expect(page.getByText("Released", { exact: true })).toBeVisible();
  await expect(page.getByText(/^Price version/)).toContainText("gpt-4o@");
  const spans = page.getByRole("list", { name: "Where the time went" });
  await expect(spans.getByText(/Attempt 1/)).toContainText("completed");
  await checkPage(page);
  await page.getByRole("link", { name: "Run again in playground" }).click();
  await expect(question(page)).toHaveValue("Name an agate.");
  await expect(page).toHaveURL(/\/playground$/);
  await page.goto("/requests?by=person");
  await expect(page.getByLabel("API key")).toHaveValue("person");
  await expect(page.getByRole("link", { name: /^gpt-4o ?, request inf_/ })).toBeVisible();
});
