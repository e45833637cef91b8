import type { ChatRequest } from "@agathaai/core/inference";
import { findModel, listModels } from "@agathaai/core/models";
import { type Provider, providerIds } from "../../../src/shared/providers";
import type {
  Generation,
  Outcome,
  RunningGeneration,
  Target,
} from "../../../src/worker/engine/live/generation";
import { createLiveEngine, type LiveEngine } from "../../../src/worker/engine/live/live-engine";
import type { LiveLimits } from "../../../src/worker/engine/live/run-generation";
import type { Simulator } from "../../stand-ins/providers/serve";
import { byProvider, providerStandIns, standInsEnv } from "../../stand-ins/providers/stand-ins";

/** Where a provider's first chat model will not do: OpenAI's thinks, and takes tools by another API. */
const models: Partial<Record<Provider, string>> = {
  openai: "gpt-4o",
  gemini: "gemini-3.5-flash-lite",
  deepseek: "deepseek-chat",
};

function chatModelOf(provider: Provider): string {
  const chosen =
    models[provider] ??
    listModels().data.find((model) => model.provider === provider && model.kind === "chat")?.id;
  if (chosen === undefined) throw new Error(`${provider} has no model in the catalogue.`);
  return chosen;
}

export const head = { id: "chatcmpl-ours", created: 1_764_000_000, model: "public-name" };

export function targetAt(provider: Provider | "simulator", more: Partial<Target> = {}): Target {
  const model = findModel(chatModelOf(provider === "simulator" ? "openai" : provider));
  return { model, provider, region: undefined, hipaa: false, maxOutputTokens: 400, ...more };
}

export interface LiveWay {
  name: string;
  provider: Provider;
  target: Target;
  /** What makes a request go this way. */
  input?: Partial<ChatRequest>;
}

/** Each provider; OpenAI by both of its APIs. */
export const liveWays: readonly LiveWay[] = [
  ...providerIds.map((id) => ({ name: id, provider: id, target: targetAt(id) })),
  {
    name: "openai's Responses API",
    provider: "openai",
    target: targetAt("openai", { model: findModel("gpt-6.2-sol") }),
    input: { tools: [{ type: "function", function: { name: "get_weather" } }] },
  },
];

export interface Heard {
  outcome: Outcome;
  /** Everything that a client was sent. */
  text: string;
  /** Each call of `frames`, in bytes. */
  sizes: number[];
  answering: Target[];
}

export interface Ask extends Partial<Omit<Generation, "targets" | "input">> {
  targets: readonly [Target, ...Target[]];
  prompt?: string;
  input?: Partial<ChatRequest> | undefined;
  /** Called with each piece, while the generation runs. */
  onFrames?: (bytes: Buffer, running: RunningGeneration) => void;
  onStart?: (running: RunningGeneration) => void;
}

/** Runs one generation to its end. */
export function ask(engine: LiveEngine, { targets, prompt = "Hi", input, onFrames, onStart, ...more }: Ask) {
  return new Promise<Heard>((resolve) => {
    const heard = { text: "", sizes: [] as number[], answering: [] as Target[] };
    const messages: ChatRequest["messages"] = [{ role: "user", content: prompt }];
    const running = engine.start(
      {
        targets,
        input: { model: "m", messages, ...input },
        head,
        stream: true,
        includeUsage: false,
        ...more,
      },
      {
        answering: (target) => heard.answering.push(target),
        frames: (bytes) => {
          heard.text += bytes.toString("latin1");
          heard.sizes.push(bytes.length);
          onFrames?.(bytes, running);
        },
        end: (outcome) => resolve({ ...heard, text: Buffer.from(heard.text, "latin1").toString(), outcome }),
      },
    );
    onStart?.(running);
  });
}

export interface LiveStage {
  simulators: Record<Provider, Simulator>;
  /** A new one, which knows nothing of failures of the tests before; closed with the stage. */
  engine(
    limits?: Partial<LiveLimits>,
    env?: Record<string, string>,
    now?: () => number,
    random?: () => number,
  ): LiveEngine;
  stop(): Promise<void>;
}

/** A stand-in of each provider, and engines that call them. */
export async function openLiveStage(latency?: { perTokenMs: number }): Promise<LiveStage> {
  const started = await Promise.all(
    providerIds.map((id) => providerStandIns[id].start({ port: 0, ...(latency && { latency }) })),
  );
  const simulators = byProvider((id) => {
    const simulator = started[providerIds.indexOf(id)];
    if (simulator === undefined) throw new Error(`${id} has no stand-in.`);
    return simulator;
  });
  const engines: LiveEngine[] = [];
  return {
    simulators,
    engine(limits, env, now, random) {
      const addresses = standInsEnv((id) => simulators[id].url);
      const engine = createLiveEngine(
        { ...addresses, PROVIDER_TIMEOUT_MS: 5_000, ...env },
        { limits: { wholeMs: limits?.firstContentMs ?? 5_000, ...limits }, now, random },
      );
      engines.push(engine);
      return engine;
    },
    async stop() {
      await Promise.all(started.map((simulator) => simulator.stop()));
      await Promise.all(engines.map((engine) => engine.close()));
    },
  };
}

/** The content that a client reads out of its frames. */
export function contentOf(text: string): string {
  return text
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => JSON.parse(event.slice("data: ".length)).choices[0].delta.content ?? "")
    .join("");
}
