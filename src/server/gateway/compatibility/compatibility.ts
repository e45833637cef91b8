import { listModels, type ModelView } from "@agathaai/core/models";
import { AppError, type Principal } from "@agathaai/core/platform";
import { type Provider, providerIds } from "@/shared/providers";
import { chat } from "../chat/chat";
import type { Dialect } from "../dialect";
import { embeddings } from "../embeddings/embeddings";
import { chatFeatures, embeddingFeatures, type Feature } from "./features";

export interface Cell {
  /** `not_sent`: taken, and named in the header `x-agatha-not-sent`. `some`: some of the provider's models have it. */
  verdict: "kept" | "adapted" | "refused" | "not_sent" | "some";
  note?: string;
  /** Where the verdict is `some`: the models that have it. */
  models?: string[];
}

export interface CompatibilityRow extends Pick<Feature, "fields" | "about"> {
  /** A provider without models of this kind is left out. */
  cells: Partial<Record<Provider, Cell>>;
}

export interface Compatibility {
  chat: CompatibilityRow[];
  embeddings: CompatibilityRow[];
}

/**
 * How each provider handles each feature, found by asking the checks themselves: each body goes through the
 * dialect as a call would, for every model that is not deprecated, up to where it would cost something.
 */
export function readCompatibility(at: Date): Compatibility {
  const models = listModels().data.filter(({ deprecated }) => !deprecated);
  const of = (kind: ModelView["kind"]) => models.filter((model) => model.kind === kind);
  const messages = [{ role: "user", content: "Hello" }];
  return {
    chat: chatFeatures.map((feature) =>
      rowOf(feature, of("chat"), (part) => ask(chat, { messages, ...part }, at)),
    ),
    embeddings: embeddingFeatures.map((feature) =>
      rowOf(feature, of("embedding"), (part) => ask(embeddings, { input: "Hello", ...part }, at)),
    ),
  };
}

type Taken = "taken" | "not_sent" | "refused";

function rowOf(
  feature: Feature,
  models: readonly ModelView[],
  probe: (body: object) => Taken,
): CompatibilityRow {
  const cells: CompatibilityRow["cells"] = {};
  for (const provider of providerIds) {
    const own = models.filter((model) => model.provider === provider);
    if (own.length === 0) continue;
    const taken = own.map(({ id }) => worst(feature.probes.map((part) => probe({ model: id, ...part }))));
    cells[provider] = cellOf(feature, provider, { own, taken });
  }
  const { fields, about } = feature;
  return { fields, ...(about !== undefined && { about }), cells };
}

const worst = (taken: readonly Taken[]): Taken =>
  taken.includes("refused") ? "refused" : taken.includes("not_sent") ? "not_sent" : "taken";

function cellOf(
  { adapted, note }: Feature,
  provider: Provider,
  { own, taken }: { own: readonly ModelView[]; taken: readonly Taken[] },
): Cell {
  const having = own.filter((_, index) => taken[index] !== "refused");
  if (having.length === 0) return { verdict: "refused" };
  const words = adapted?.[provider] ?? note;
  const said = words === undefined ? {} : { note: words };
  if (having.length < own.length) return { verdict: "some", models: having.map(({ id }) => id), ...said };
  if (taken.includes("not_sent")) return { verdict: "not_sent" };
  return { verdict: adapted?.[provider] === undefined ? "kept" : "adapted", ...said };
}

/** A live caller whom nothing but the model stops. */
const anyone: Principal = {
  kind: "session",
  orgId: "",
  userId: "",
  sessionId: "",
  role: "owner",
  plan: "enterprise",
  requestsPerMinute: 1,
  scopes: new Set(),
  environment: "live",
  emailVerified: true,
  operator: false,
};

const refusals = new Set<string>(["unsupported_parameter", "unknown_parameter", "invalid_request"]);

/** @throws any error that is not the refusal of a field: the probe itself is then wrong. */
function ask(dialect: Dialect, body: object, at: Date): Taken {
  try {
    const { prepared } = dialect(body, { principal: anyone, headers: {}, at });
    const { notSent = [] } = prepared.targets[0];
    return notSent.length > 0 ? "not_sent" : "taken";
  } catch (error) {
    if (error instanceof AppError && refusals.has(error.code)) return "refused";
    throw error;
  }
}
