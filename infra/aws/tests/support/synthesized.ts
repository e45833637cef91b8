import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsSolutionsChecks } from "cdk-nag";
import { z } from "zod";
import { buildApp } from "../../build";
import type { Finding } from "../../checks/explained";
import type { Resource } from "../../checks/law";
import { type Config, parseConfig, type RawConfig } from "../../config/config";
import type { ProfileName } from "../../spec/profiles";
import { exampleConfig } from "./example-config";

export interface SynthesizedStack {
  name: string;
  region: string;
  dependencies: string[];
  text: string;
  resources: Record<string, Resource>;
}

export interface Synthesized {
  config: Config;
  stacks: SynthesizedStack[];
  missing: unknown[];
  findings: Finding[];
}

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z.record(z.string(), z.unknown()).default({}),
      DeletionPolicy: z.string().optional(),
    }),
  ),
});

const reportSchema = z.object({
  pluginReports: z.array(
    z.object({
      violations: z.array(
        z.object({
          ruleName: z.string(),
          description: z.string(),
          violatingConstructs: z.array(z.object({ constructPath: z.string().optional() })),
        }),
      ),
    }),
  ),
});

const made = new Map<ProfileName, Synthesized>();

/** A profile's templates, as deployed, with all that the validators found; once for all test files. */
export function synthesized(name: ProfileName): Synthesized {
  const known = made.get(name);
  if (known !== undefined) return known;
  const result = synthesize(exampleConfig(name));
  made.set(name, result);
  return result;
}

/** The same of a configuration of one's own; anew each time. */
export function synthesize(raw: RawConfig): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), "agathaai-cdk-"));
  const config = parseConfig(raw);
  const app = buildApp(config, outdir);
  const assembly = app.synth();
  const stacks = assembly.stacks.map((stack) => {
    const text = readFileSync(stack.templateFullPath, "utf8");
    return {
      name: stack.stackName,
      region: stack.environment.region,
      dependencies: stack.dependencies.map(({ id }) => id).filter((id) => !id.endsWith(".assets")),
      text,
      resources: templateSchema.parse(JSON.parse(text)).Resources,
    };
  });
  return {
    config,
    stacks,
    missing: assembly.manifest.missing ?? [],
    findings: [...ofNag(new AwsSolutionsChecks().validateScope(app)), ...ofValidator(outdir)],
  };
}

function ofNag(report: ReturnType<AwsSolutionsChecks["validateScope"]>): Finding[] {
  return report.violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => ({ id: ruleName, at: constructPath ?? "" })),
  );
}

function ofValidator(outdir: string): Finding[] {
  const report = reportSchema.parse(JSON.parse(readFileSync(join(outdir, "validation-report.json"), "utf8")));
  return report.pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => ({ id: ruleName, at: constructPath ?? "" })),
    ),
  );
}

/** Every resource of a type in stacks whose name matches. */
export function resourcesOf(
  { stacks }: Synthesized,
  type: string,
  stackName: RegExp = /./,
): (Resource & { id: string; stack: string; region: string })[] {
  return stacks
    .filter(({ name }) => stackName.test(name))
    .flatMap(({ name, region, resources }) =>
      Object.entries(resources)
        .filter(([, { Type }]) => Type === type)
        .map(([id, resource]) => ({ ...resource, id, stack: name, region })),
    );
}

/** The properties of the only resource of its type in the stacks that match. */
export function only(from: Synthesized, type: string, stackName: RegExp): Record<string, unknown> {
  const found = resourcesOf(from, type, stackName);
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${found.length} × ${type} in ${stackName}, not one`);
  return found[0].Properties;
}
