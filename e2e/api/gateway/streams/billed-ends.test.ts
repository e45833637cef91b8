import { beforeEach, expect, it } from "vitest";
import { idIn } from "../../../support/chat-stream";
import { heldTokens, ledgerRow } from "../../../support/ledger";
import { startScriptedProvider } from "../../../support/provider/scripted-provider";
import { sendBare } from "../testing/post-stream";
import { useGateway } from "../testing/use-gateway";

/** Streams that end early and that nobody failed at: the time that a call may take (two seconds here), and a provider's policy. */

const provider = await startScriptedProvider();
const gateway = await useGateway({ env: { ...provider.openAi, PROVIDER_TOTAL_TIMEOUT_MS: "2000" } });

beforeEach(() => provider.play({}));

const patience = () => AbortSignal.timeout(30_000);
const delivered = { status: "cancelled", billable: true, estimated: true };

it("a stream that goes on for longer ends with an error and is billed for what was delivered: no long answer is free", async () => {
  provider.play({ endless: true, pieceLength: 40, paceMs: 100 });
  const reply = await sendBare(gateway, patience());
  const text = await reply.text();
  expect(text).toContain('"code":"provider_timeout"');
  expect(text).toContain("was billed");
  expect(text).not.toContain("[DONE]");
  const row = await ledgerRow(idIn(text));
  expect(row).toMatchObject(delivered);
  // Four bytes a token, as of a hang-up.
  const pieces = text.match(/x{40}/g)?.length ?? 0;
  expect(Number(row.output_tokens)).toBe(pieces * 10);
  expect(Number(row.cost_micros)).toBeGreaterThan(0);
  await expect.poll(heldTokens, { timeout: 10_000 }).toBe(0);
});

it("a reader who stops reading until then pays for what was delivered", async () => {
  provider.play({ endless: true, pieceLength: 40_000 });
  const reply = await sendBare(gateway, patience());
  expect(reply.status).toBe(200);
  const reader = reply.body?.getReader();
  const first = new TextDecoder().decode((await reader?.read())?.value);
  expect(await ledgerRow(idIn(first))).toMatchObject(delivered);
  await reader?.cancel();
  await expect.poll(heldTokens, { timeout: 10_000 }).toBe(0);
});

it("a call of which nothing had come fails, and is not billed", async () => {
  provider.play({ waitMs: 20_000 });
  const reply = await sendBare(gateway, patience());
  expect(reply.status).toBe(504);
  const { error } = (await reply.json()) as { error: { code: string; message: string } };
  expect(error.code).toBe("provider_timeout");
  expect(error.message).not.toContain("billed");
  const row = await ledgerRow(reply.headers.get("x-agatha-id") ?? "");
  expect(row).toMatchObject({ status: "failed", billable: false, cost_micros: "0" });
});

it("a stream that its provider's policy ends in the middle is billed for what was delivered: nobody asks for something forbidden to have the rest free", async () => {
  provider.play({ pieces: 20, pieceLength: 40, forbidAfter: 10 });
  const text = await (await sendBare(gateway, patience())).text();
  expect(text).toContain('"code":"content_filtered"');
  expect(text).toContain("was billed");
  expect(text).not.toContain("[DONE]");
  const row = await ledgerRow(idIn(text));
  expect(row).toMatchObject({ ...delivered, output_tokens: "100" });
  expect(Number(row.cost_micros)).toBeGreaterThan(0);
  await expect.poll(heldTokens, { timeout: 10_000 }).toBe(0);
});

it("a prompt that the policy refuses before anything came is not billed", async () => {
  provider.play({ pieces: 20, forbidAfter: 0 });
  const reply = await sendBare(gateway, patience());
  expect(reply.status).toBe(400);
  const row = await ledgerRow(reply.headers.get("x-agatha-id") ?? "");
  expect(row).toMatchObject({ status: "failed", billable: false, cost_micros: "0" });
});
