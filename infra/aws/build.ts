import { readFileSync } from "node:fs";
import { App } from "aws-cdk-lib";
import { z } from "zod";
import type { Config } from "./config/config";
import { placementsOf, regionsOf, zonesOf } from "./spec/cells";
import { ApiStack } from "./stacks/api";
import { BackupsStack } from "./stacks/backups";
import { ComplianceStack } from "./stacks/compliance";
import { DataStack } from "./stacks/data";
import { DeliveryStack } from "./stacks/delivery";
import { DnsStack } from "./stacks/dns";
import { EdgeStack } from "./stacks/edge";
import { CellKeyStack, RegionKeyStack } from "./stacks/keys";
import { LogBucketStack } from "./stacks/log-bucket";
import { MessagingStack } from "./stacks/messaging";
import { MetricsStack } from "./stacks/metrics";
import { MigrateStack } from "./stacks/migrate";
import { NetworkStack } from "./stacks/network";
import { OnCallStack } from "./stacks/on-call";
import { OperationsStack } from "./stacks/operations";
import { RecoveryStack } from "./stacks/recovery";
import { WorkerStack } from "./stacks/worker";

const cdkJson = z.object({ context: z.record(z.string(), z.unknown()) });

/** The flags of cdk.json, which only the command line would read. */
export function contextFlags(): Record<string, unknown> {
  return cdkJson.parse(JSON.parse(readFileSync(new URL("./cdk.json", import.meta.url), "utf8"))).context;
}

/** Zones are answered here instead of by the account, so that synthesis asks nobody. */
function zonesAsContext(config: Config): Record<string, unknown> {
  return Object.fromEntries(
    regionsOf(config.profile.cells).map((region) => [
      `availability-zones:account=${config.account}:region=${region.name}`,
      zonesOf(region, 3),
    ]),
  );
}

/** Every stack of an installation: first what a region has once, then each cell in its home and its standby. */
export function buildApp(config: Config, outdir?: string): App {
  const app = new App({
    context: { ...contextFlags(), ...zonesAsContext(config) },
    ...(outdir === undefined ? {} : { outdir }),
  });
  const { cells } = config.profile;
  const regional = new Map(
    regionsOf(cells).map((region) => {
      const { keyArn: platformKeyArn } = new RegionKeyStack(app, { config, region });
      new LogBucketStack(app, { config, region });
      const network = new NetworkStack(app, { config, region, platformKeyArn });
      const shared = { config, region, platformKeyArn };
      new OnCallStack(app, shared);
      new DeliveryStack(app, shared);
      new BackupsStack(app, shared);
      if (config.profile.watchers) new ComplianceStack(app, shared);
      return [region.name, { platformKeyArn, network }];
    }),
  );
  for (const placement of placementsOf(cells)) {
    const made = regional.get(placement.region.name);
    if (made === undefined) throw new Error(`no stacks of ${placement.region.name}`);
    const props = { config, placement };
    new CellKeyStack(app, props);
    const { database } = new DataStack(app, { ...props, ...made });
    const messaging = new MessagingStack(app, props);
    if (placement.role === "home") new MigrateStack(app, { ...props, ...made, messaging, database });
    const { workspace } = new MetricsStack(app, props);
    const service = { ...props, ...made, messaging, database, workspace };
    const api = new ApiStack(app, service);
    new WorkerStack(app, { ...service, cluster: api.cluster });
    new EdgeStack(app, {
      ...props,
      balancerArn: api.balancer.balancer.loadBalancerArn,
      platformKeyArn: made.platformKeyArn,
    });
    new OperationsStack(app, {
      ...props,
      messaging,
      balancerFullName: api.balancer.balancer.loadBalancerFullName,
      workspace,
    });
    if (placement.role === "home") new DnsStack(app, props);
    if (placement.role === "home" && placement.cell.standby !== undefined) new RecoveryStack(app, props);
  }
  return app;
}
