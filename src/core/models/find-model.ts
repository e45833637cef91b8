import type { Provider } from "../../shared/providers";
import { startOfDay } from "../../shared/time";
import { DAY } from "../platform";
import {
  type CatalogueModel,
  catalogueModel,
  type EmbeddingLimits,
  isPeak,
  type ModelKind,
  modelByName,
  modelByUpstream,
  OFF_PEAK,
  type Price,
  type Routing,
} from "./catalogue";
import { type ServiceTier, serviceTiers } from "./cost/usage";
import { routingOf } from "./operator-routing";
import type { ReasoningEffort } from "./reasoning";
import { modelNotFound } from "./refusals/model-not-found";
import type { Capabilities } from "./schemas";

/** A model as it is served at one moment. */
export interface Model {
  /** The public id of what was asked for, by whichever of its names. */
  id: string;
  /** The public id of the model that answers: a successor's once this one is retired. */
  answeredBy: string;
  kind: ModelKind;
  /** Of embedding models. */
  embedding: EmbeddingLimits | undefined;
  provider: Provider;
  displayName: string;
  /** The UTC day of its first price. */
  since: string;
  upstreamModel: string;
  /** Where it is served under several upstream names, how a call chooses among them. */
  routing: Routing | undefined;
  contextWindow: number;
  maxOutputTokens: number;
  capabilities: Capabilities;
  /** What a caller may ask for as `reasoning_effort`; empty where there is nothing to choose. */
  efforts: readonly ReasoningEffort[];
  /** How long it thinks when the caller does not say; undefined is the provider's default. */
  defaultEffort: ReasoningEffort | undefined;
  imageTokens: { low: number; high: number };
  /** In force, at this hour too. */
  price: Price;
  /** The entry that it belongs to: the price of peak hours, where the provider asks less at others. */
  listPrice: Price;
  /** The service tiers that can be asked for, the default one first. Others have no price and are refused. */
  serviceTiers: readonly ServiceTier[];
  /** Names the price for the ledger: `model@day`, or `model@day/off-peak`. */
  priceVersion: string;
  deprecated: boolean;
  successor: string | null;
  /** The UTC day of its retirement, past or to come. */
  shutdownDate: string | null;
  /** For people: set when a successor answers, or when the day on which it will is known. */
  notice: string | null;
  /** True when a successor answers: responses then carry the notice. */
  retired: boolean;
}

/**
 * By any of its names (`gpt-4o`, `openai/gpt-4o`, `gpt-4o-2024-08-06`, `models/gemini-3.8-flash`). A dated name is what
 * is sent upstream, until the model is retired.
 *
 * @throws AppError `model_not_found` (param `model` unless told otherwise), naming models with a similar id.
 */
export function findModel(name: string, at: Date = new Date(), param = "model"): Model {
  const found = modelByName(name);
  if (found === undefined) throw modelNotFound(name, param);
  const model = modelAt(found.model, at);
  return found.snapshot === undefined || model.retired
    ? model
    : { ...model, upstreamModel: found.snapshot, routing: undefined };
}

/** Prices and retirements begin with a day in UTC: every call of a day finds the same, but for a price that knows hours. */
const ofTheDay = new WeakMap<CatalogueModel, ModelOfTheDay>();

interface ModelOfTheDay {
  day: number;
  /** The row that answers on this day. */
  server: CatalogueModel;
  routing: Routing | undefined;
  found: Model;
}

/** A retired model keeps its own limits and abilities, as far as the model that now answers has them. */
export function modelAt(model: CatalogueModel, at: Date): Model {
  const day = Math.floor(at.getTime() / DAY);
  const known = ofTheDay.get(model);
  if (known?.day === day && known.routing === routingOf(known.server) && isInForce(known.found, at))
    return known.found;
  const server = serverOf(model, at);
  const found = Object.freeze(readModel(model, server, at));
  ofTheDay.set(model, { day, server, routing: routingOf(server), found });
  return found;
}

function readModel(model: CatalogueModel, server: CatalogueModel, at: Date): Model {
  const listPrice = priceAt(server, at);
  const price = atThisHour(listPrice, at);
  const retired = server.id !== model.id;
  const defaultEffort = defaultEffortOf(model, server);
  return {
    id: model.id,
    answeredBy: server.id,
    kind: model.kind ?? "chat",
    embedding: server.embedding,
    provider: server.provider,
    displayName: model.displayName,
    since: model.prices[0].from,
    upstreamModel: server.upstreamModel,
    routing: routingOf(server),
    contextWindow: Math.min(model.contextWindow, server.contextWindow),
    maxOutputTokens: Math.min(model.maxOutputTokens, server.maxOutputTokens),
    capabilities: {
      ...shared(model.capabilities, server.capabilities),
      reasoning: server.capabilities.reasoning || (defaultEffort ?? "none") !== "none",
    },
    efforts: server.efforts ?? [],
    defaultEffort,
    imageTokens: server.imageTokens,
    price,
    listPrice,
    serviceTiers: serviceTiers.filter((tier) => tier === "default" || price.tiers[tier] !== undefined),
    priceVersion: `${server.id}@${price.from}${price === listPrice ? "" : OFF_PEAK}`,
    deprecated: model.retirement !== undefined,
    successor: model.retirement?.successor ?? null,
    shutdownDate: model.retirement?.on ?? null,
    notice: noticeOf(model, server),
    retired,
  };
}

function defaultEffortOf(model: CatalogueModel, server: CatalogueModel): ReasoningEffort | undefined {
  const own = model.reasoningEffort;
  return own !== undefined && server.efforts?.includes(own) ? own : server.reasoningEffort;
}

/** The same model under each of its upstream names, as its row has them. */
export function upstreamsOf(model: Model): readonly [Model, ...Model[]] {
  if (model.routing === undefined) return [model];
  const named = ({ upstreamModel }: Routing["upstreams"][number]): Model => ({ ...model, upstreamModel });
  const [first, ...others] = model.routing.upstreams;
  return [named(first), ...others.map(named)];
}

/** What a response says when a successor answered; undefined for models that answer themselves. */
export function retirementNotice(id: string, at: Date): string | undefined {
  const model = catalogueModel(id);
  if (model === undefined) return undefined;
  const { retired, notice } = modelAt(model, at);
  return retired ? (notice ?? undefined) : undefined;
}

/** How the model behind an upstream name thinks for this caller; undefined leaves the provider's default. */
export function effortFor(
  upstreamModel: string,
  asked: ReasoningEffort | undefined,
): ReasoningEffort | undefined {
  const model = modelByUpstream(upstreamModel);
  if (model === undefined) return undefined;
  return asked !== undefined && model.efforts?.includes(asked) ? asked : model.reasoningEffort;
}

/** The public id behind a provider's own name of a model, dated or not; undefined for what is not in the catalogue. */
export function modelIdOfUpstream(name: string): string | undefined {
  return (modelByUpstream(name) ?? modelByUpstream(name.replace(/-\d{4}-\d{2}-\d{2}$/, "")))?.id;
}

function serverOf(model: CatalogueModel, at: Date): CatalogueModel {
  const { retirement } = model;
  if (retirement === undefined || at < startOfDay(retirement.on)) return model;
  const successor = catalogueModel(retirement.successor);
  return successor === undefined ? model : serverOf(successor, at);
}

function priceAt(model: CatalogueModel, at: Date): Price {
  return model.prices.findLast((price) => startOfDay(price.from) <= at) ?? model.prices[0];
}

function atThisHour(entry: Price, at: Date): Price {
  const { offPeak } = entry;
  return offPeak === undefined || isPeak(offPeak.peak, at) ? entry : offPeak.price;
}

function isInForce({ price, listPrice }: Model, at: Date): boolean {
  return listPrice.offPeak === undefined || atThisHour(listPrice, at) === price;
}

function shared(own: Capabilities, server: Capabilities): Omit<Capabilities, "reasoning"> {
  return {
    vision: own.vision && server.vision,
    tools: own.tools && server.tools,
    json_object: own.json_object && server.json_object,
    json_schema: own.json_schema && server.json_schema,
    temperature: own.temperature && server.temperature,
  };
}

function noticeOf(model: CatalogueModel, server: CatalogueModel): string | null {
  const { retirement } = model;
  if (retirement === undefined) return null;
  return server.id === model.id
    ? `${model.id} will be retired by its provider on ${retirement.on}. From then on ${retirement.successor} answers in its place.`
    : `${model.id} was retired by its provider on ${retirement.on}. ${server.id} answers in its place, at its own price; request ${server.id} to use all its features.`;
}
