import { z } from "zod";
import { COLLECTOR } from "../../parts/compute/collector";
import { resourcesOf, type Synthesized } from "./synthesized";

const container = z.object({
  Name: z.string(),
  Environment: z.array(z.object({ Name: z.string(), Value: z.unknown() })),
  Secrets: z.array(z.object({ Name: z.string() })).default([]),
});
const environment = z.object({ Variables: z.record(z.string(), z.unknown()) });
const joined = z.object({ "Fn::Join": z.tuple([z.string(), z.array(z.unknown())]) });
const substituted = z.object({ "Fn::Sub": z.tuple([z.string(), z.record(z.string(), z.unknown())]) });
const imported = z.object({ "Fn::ImportValue": z.string() });

export interface GivenVariables {
  stack: string;
  region: string;
  /** Name of the container, or `burst`. */
  name: string;
  open: Record<string, string>;
  secrets: string[];
}

/** A value of a template as text; what another stack exports stands in brackets. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  const parts = joined.safeParse(value);
  if (parts.success) return parts.data["Fn::Join"][1].map(textOf).join(parts.data["Fn::Join"][0]);
  const filled = substituted.safeParse(value);
  if (filled.success) {
    const [text, names] = filled.data["Fn::Sub"];
    return text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => textOf(names[name])).replaceAll("${!", "${");
  }
  const from = imported.safeParse(value);
  return from.success ? `<${from.data["Fn::ImportValue"]}>` : JSON.stringify(value);
}

/** What every container and every function of the queues is given. */
export function variablesOf(from: Synthesized): GivenVariables[] {
  const tasks = resourcesOf(from, "AWS::ECS::TaskDefinition").flatMap(({ Properties, stack, region }) =>
    z
      .array(container)
      .parse(Properties["ContainerDefinitions"])
      // The collector is none of ours.
      .filter(({ Name }) => Name !== COLLECTOR)
      .map(({ Name, Environment, Secrets }) => ({
        stack,
        region,
        name: Name,
        open: Object.fromEntries(Environment.map((one) => [one.Name, textOf(one.Value)])),
        secrets: Secrets.map((one) => one.Name),
      })),
  );
  const functions = resourcesOf(from, "AWS::Lambda::Function", /-worker$/).map(
    ({ Properties, stack, region }) => {
      const { Variables } = environment.parse(Properties["Environment"]);
      const open = Object.fromEntries(
        Object.entries(Variables).map(([name, value]) => [name, textOf(value)]),
      );
      return {
        stack,
        region,
        name: "burst",
        open,
        secrets: (open["APP_SECRET_VARIABLES"] ?? "").split(","),
      };
    },
  );
  return [...tasks, ...functions];
}
