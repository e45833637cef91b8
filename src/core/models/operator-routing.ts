import { singleton } from "../platform/concurrency/singleton";
import { type CatalogueModel, catalogueModel, type Routing } from "./catalogue";

/** What the operator of this installation has set, beside the rows of the catalogue. */
const routes = singleton("model routing", () => new Map<string, Routing>());

/** How calls of a model are spread over its upstream names: the operator's word, or else its row's. */
export function routingOf(model: CatalogueModel): Routing | undefined {
  return routes().get(model.id) ?? model.routing;
}

const ENTRY = /^(?<id>[^=:]+)=(?<choice>ordered|weighted|least_latency):(?<names>.+)$/;
const NAME = /^(?<name>[^*\s]+?)(?:\*(?<weight>\d{1,4}))?$/;

/**
 * Reads `MODEL_ROUTING` when a process starts: `gpt-4o=weighted:gpt-4o-2024-08-06*3,gpt-4o`, several separated by
 * semicolons. Only names under which the catalogue has this same model at this same price, so that no call is ever billed by
 * another model's price.
 *
 * @throws with a line for the operator, naming what is wrong.
 */
export function setOperatorRouting(text: string | undefined): void {
  const read = new Map<string, Routing>();
  for (const entry of (text ?? "").split(";")) {
    if (entry.trim() === "") continue;
    const [id, routing] = readEntry(entry.trim());
    if (read.has(id)) throw wrong(`${id} is there twice`);
    read.set(id, routing);
  }
  routes().clear();
  for (const [id, routing] of read) routes().set(id, routing);
}

function readEntry(entry: string): [string, Routing] {
  const { id = "", choice, names = "" } = ENTRY.exec(entry)?.groups ?? {};
  if (choice !== "ordered" && choice !== "weighted" && choice !== "least_latency")
    throw wrong(`"${entry}" must be model=ordered|weighted|least_latency:name,name`);
  const model = catalogueModel(id);
  if (model === undefined) throw wrong(`there is no model ${id}`);
  const known = [model.upstreamModel, ...(model.snapshots ?? [])];
  const upstreams = names.split(",").map((part) => {
    const { name = "", weight } = NAME.exec(part.trim())?.groups ?? {};
    if (!known.includes(name))
      throw wrong(`"${part.trim()}" is no name of ${id} at its price; those are ${known.join(", ")}`);
    if (weight === undefined) return { upstreamModel: name };
    if (choice !== "weighted" || Number(weight) === 0)
      throw wrong(`"${part.trim()}": a weight must be above 0 and needs "weighted"`);
    return { upstreamModel: name, weight: Number(weight) };
  });
  const [first, ...others] = upstreams;
  if (
    first === undefined ||
    new Set(upstreams.map(({ upstreamModel }) => upstreamModel)).size < upstreams.length
  )
    throw wrong(`${id} names an upstream twice`);
  return [id, { choice, upstreams: [first, ...others] }];
}

function wrong(what: string): Error {
  return new Error(`MODEL_ROUTING: ${what}.`);
}
