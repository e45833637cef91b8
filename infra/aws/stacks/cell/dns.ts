import * as route53 from "aws-cdk-lib/aws-route53";
import type { Construct } from "constructs";
import { CHECK, CHECK_PATH, cellOrigin, originName, RECORD_SECONDS } from "../../parts/network/origins";
import { ports } from "../../spec/may-talk";
import { type CellProps, CellStack } from "../base-stack";

/**
 * Which balancer a cell's name leads to: home while it is healthy, else the standby, which answers reads at once and
 * writes after its database was promoted. Each cell's names are in its own home region's stack.
 */
export class DnsStack extends CellStack {
  readonly healthCheckId: string;

  constructor(scope: Construct, props: CellProps) {
    super(scope, "dns", props);
    const { cell } = this.placement;
    const { domain, hostedZoneId } = this.config;
    const check = new route53.CfnHealthCheck(this, "Home", {
      healthCheckConfig: {
        type: "HTTPS",
        fullyQualifiedDomainName: originName(domain, { cell, role: "home" }),
        port: ports.https,
        resourcePath: CHECK_PATH,
        requestInterval: CHECK.intervalSeconds,
        failureThreshold: CHECK.failures,
        measureLatency: true,
        enableSni: true,
      },
      healthCheckTags: [{ key: "Name", value: `${cell.code} at home` }],
    });
    this.healthCheckId = check.attrHealthCheckId;
    const record = (role: "home" | "standby", more: Partial<route53.CfnRecordSetProps>) =>
      new route53.CfnRecordSet(this, `Cell-${role}`, {
        hostedZoneId,
        name: cellOrigin(domain, cell),
        type: "CNAME",
        ttl: String(RECORD_SECONDS),
        resourceRecords: [originName(domain, { cell, role })],
        ...more,
      });
    if (cell.standby === undefined) {
      record("home", {});
      return;
    }
    record("home", { setIdentifier: "home", failover: "PRIMARY", healthCheckId: this.healthCheckId });
    record("standby", { setIdentifier: "standby", failover: "SECONDARY" });
  }
}
