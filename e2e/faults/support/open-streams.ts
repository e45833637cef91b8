import { fromPublicId } from "@agathaai/core/platform";
import { until } from "../../../infra/testing/until";
import { openCall } from "../../support/open-call";
import type { Script, ScriptedProvider } from "../../support/provider/scripted-provider";
import type { Customer } from "./open-customer";
import type { SeenStream } from "./stream-many";

/** One of each provider. */
export const streamedModels = ["gpt-4o", "gemini-3.8-flash", "deepseek-flash"];
export const messages = [{ role: "user", content: "Why does an agate have bands?" }];

const PIECE = "x".repeat(8);
export const piecesIn = (text: string) => text.split(PIECE).length - 1;

const openStream = (url: string, { key }: Customer, model: string) =>
  openCall(url, {
    key,
    body: { model, messages, max_tokens: 500, stream: true, stream_options: { include_usage: true } },
  });
export type OpenedStream = ReturnType<typeof openStream>;

/** A busy machine may answer 503; then the call is made again. */
async function openAnswered(url: string, who: Customer, model: string): Promise<OpenedStream> {
  for (;;) {
    const opened = openStream(url, who, model);
    const { statusCode } = await opened.response;
    if (statusCode === 200) return opened;
    await until(() => opened.read.ended);
    if (statusCode !== 503) throw new Error(`${statusCode}: ${opened.read.text}`);
  }
}

/** One of each model, all of them answering. */
export async function openStreams(
  url: string,
  who: Customer,
  { provider, script }: { provider: ScriptedProvider; script: Script },
): Promise<OpenedStream[]> {
  provider.play(script);
  const opened = await Promise.all(streamedModels.map((model) => openAnswered(url, who, model)));
  await until(() => opened.every(({ read }) => piecesIn(read.text) > 3));
  return opened;
}

/** What their caller saw, for `auditStreams`. */
export function asSeen({ read }: OpenedStream): SeenStream {
  const usage = /"prompt_tokens":(\d+),"completion_tokens":(\d+)/.exec(read.text);
  return {
    ended: read.text.endsWith("data: [DONE]\n\n") ? "whole" : "told",
    id: fromPublicId("inf", /"id":"(inf_\w+)"/.exec(read.text)?.[1] ?? ""),
    ...{ status: 200, retryAfter: null, servedBy: null, ms: 0 },
    tokens: usage === null ? undefined : { input: Number(usage[1]), output: Number(usage[2]) },
  };
}

export const untilStreamsAgain = (url: string, who: Customer, provider: ScriptedProvider) =>
  until(async () => {
    provider.play({ pieces: 4 });
    const { response, read } = openStream(url, who, "gpt-4o");
    if ((await response).statusCode !== 200) return false;
    await until(() => read.ended);
    return read.text.endsWith("data: [DONE]\n\n");
  });
