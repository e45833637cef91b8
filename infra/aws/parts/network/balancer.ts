import { Duration } from "aws-cdk-lib";
import * as acm from "aws-cdk-lib/aws-certificatemanager";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as elbv2 from "aws-cdk-lib/aws-elasticloadbalancingv2";
import * as route53 from "aws-cdk-lib/aws-route53";
import type { Construct } from "constructs";
import type { Config } from "../../config/config";
import type { Placement } from "../../spec/cells";
import { ports } from "../../spec/may-talk";
import type { Names } from "../../spec/names";
import type { NetworkStack } from "../../stacks/region/network";
import { originName, RECORD_SECONDS } from "./origins";

/**
 * TLS 1.2 and 1.3: Route 53's checks speak no 1.3, and a listener of 1.3 alone looks dead to them and fails every region
 * over. Customers are held to 1.3 at the edge.
 */
export const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";
/** A whole answer may take 600 s of silence. The product's own connections rest longer (`src/server/http/http-server.ts`). */
const IDLE_SECONDS = 610;

export interface Balancer {
  balancer: elbv2.ApplicationLoadBalancer;
  productionRule: elbv2.ApplicationListenerRule;
  blue: elbv2.ApplicationTargetGroup;
  green: elbv2.ApplicationTargetGroup;
}

interface BalancerContext {
  config: Config;
  names: Names;
  placement: Placement;
  certificateArn: string;
  network: NetworkStack;
}

export function addBalancer(scope: Construct, context: BalancerContext): Balancer {
  const { config, names, placement, certificateArn, network } = context;
  const balancer = new elbv2.ApplicationLoadBalancer(scope, "Balancer", {
    loadBalancerName: names.placed(placement).replace("agathaai-", "").slice(0, 32),
    vpc: network.vpc,
    internetFacing: true,
    vpcSubnets: { subnetGroupName: "public" },
    securityGroup: ec2.SecurityGroup.fromSecurityGroupId(
      scope,
      "BalancerGroup",
      network.securityGroups.balancer,
      {
        mutable: false,
      },
    ),
    dropInvalidHeaderFields: true,
    deletionProtection: config.profile.keepsData,
    idleTimeout: Duration.seconds(IDLE_SECONDS),
    desyncMitigationMode: elbv2.DesyncMitigationMode.STRICTEST,
    // Cloudflare's address is the last; TRUSTED_PROXY_HOPS counts both.
    xffHeaderProcessingMode: elbv2.XffHeaderProcessingMode.APPEND,
  });
  for (const [key, value] of [
    ["access_logs.s3.enabled", "true"],
    ["access_logs.s3.bucket", names.accessLogs(placement.region)],
    ["access_logs.s3.prefix", `${placement.cell.code}-${placement.role}`],
  ] as const)
    balancer.setAttribute(key, value);

  const group = (color: string) =>
    new elbv2.ApplicationTargetGroup(scope, color, {
      vpc: network.vpc,
      port: ports.app,
      protocol: elbv2.ApplicationProtocol.HTTP,
      targetType: elbv2.TargetType.IP,
      // The process, not its dependencies: a database that is away must not empty the balancer.
      healthCheck: {
        path: "/api/health",
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 2,
      },
      deregistrationDelay: Duration.seconds(30),
      loadBalancingAlgorithmType: elbv2.TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
    });
  const blue = group("Blue");
  const green = group("Green");
  const listener = balancer.addListener("Https", {
    port: ports.https,
    protocol: elbv2.ApplicationProtocol.HTTPS,
    certificates: [acm.Certificate.fromCertificateArn(scope, "Certificate", certificateArn)],
    open: false,
    defaultAction: elbv2.ListenerAction.fixedResponse(404),
  });
  const resource = listener.node.defaultChild;
  if (!(resource instanceof elbv2.CfnListener)) throw new Error("a listener without its resource");
  resource.sslPolicy = TLS_POLICY;
  const productionRule = new elbv2.ApplicationListenerRule(scope, "Production", {
    listener,
    priority: 1,
    conditions: [elbv2.ListenerCondition.pathPatterns(["/*"])],
    action: elbv2.ListenerAction.weightedForward([
      { targetGroup: blue, weight: 100 },
      { targetGroup: green, weight: 0 },
    ]),
  });

  // Names, not references: another region's stacks can speak of this balancer without waiting for it.
  new route53.CfnRecordSet(scope, "Origin", {
    hostedZoneId: config.hostedZoneId,
    name: originName(config.domain, placement),
    type: "CNAME",
    ttl: String(RECORD_SECONDS),
    resourceRecords: [balancer.loadBalancerDnsName],
  });
  return { balancer, productionRule, blue, green };
}
