import { readFileSync } from "node:fs";
import { App } from "aws-cdk-lib";
import { z } from "zod";
import type { Config } from "./config/config";
import { placementsOf, regionsOf, zonesOf } from "./spec/cells";
import { ApiStack } from "./stacks/cell/api";
import { DataStack } from "./stacks/cell/data";
import { DnsStack } from "./stacks/cell/dns";
import { EdgeStack } from "./stacks/cell/edge";
import { MessagingStack } from "./stacks/cell/messaging";
import { MetricsStack } from "./stacks/cell/metrics";
import { MigrateStack } from "./stacks/cell/migrate";
import { OperationsStack } from "./stacks/cell/operations";
import { RecoveryStack } from "./stacks/cell/recovery";
import { WorkerStack } from "./stacks/cell/worker";
import { CellKeyStack, RegionKeyStack } from "./stacks/keys";
import { BackupsStack } from "./stacks/region/backups";
import { ComplianceStack } from "./stacks/region/compliance";
import { DeliveryStack } from "./stacks/region/delivery";
import { LogBucketStack } from "./stacks/region/log-bucket";
import { NetworkStack } from "./stacks/region/network";
import { OnCallStack } from "./stacks/region/on-call";

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
